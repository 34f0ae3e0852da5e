#pragma once

#include <string>

#include "tests/support/servers_info.hpp"

namespace entstream::bench {

/// The accounts, contexts and log rows that a load wrote, as COPY text.
struct MoodleRows {
    std::string users;
    std::string contexts;
    std::string log;
};

MoodleRows export_rows(const test::ServersInfo& servers);

/// Writes the rows into a database that has none of them: COPY into temporary tables, INSERT ... SELECT, one
/// transaction. \returns the seconds from BEGIN to the answer of COMMIT
double write_rows(const test::ServersInfo& servers, const MoodleRows& rows);

}  // namespace entstream::bench
