#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/support/servers_info.hpp"

namespace entstream::bench {

/// Highest id of each table of Moodle.
using HighestIds = std::map<std::string, std::int64_t>;
HighestIds highest_ids(const test::ServersInfo& servers);

/// Rows that a load left, as COPY text by table.
struct TableRows {
    std::string table;
    std::string rows;
};

/// Every row that a load left in Moodle's tables and in those of entstream, by what it was written for.
struct LoadedRows {
    std::string entstream_tables;  ///< what pg_dump says of them, without rows
    std::vector<TableRows> users;
    std::vector<TableRows> members;  ///< and cohorts
    std::vector<TableRows> roles;    ///< and whatever is neither
};

/// \param before  as they were before the load
/// \throws std::runtime_error with the server's words
LoadedRows export_rows(const test::ServersInfo& servers, const HighestIds& before);

/// Seconds for each part.
struct LimitSeconds {
    double users{};
    double members{};
    double roles{};
};

/// Writes the rows into a Moodle as it was before the load, by COPY and INSERT ... SELECT alone, each part in one
/// transaction.
LimitSeconds write_rows(const test::ServersInfo& servers, const LoadedRows& rows);

}  // namespace entstream::bench
