#include "bench/first_load/limit.hpp"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include <array>
#include <fstream>
#include <stdexcept>

#include "bench/figure.hpp"
#include "bench/plain_database.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::bench {

namespace {

/// What was written for users, and for members and their cohorts: table and which of its rows.
struct Share {
    const char* table;
    const char* which;
};
constexpr std::array of_users = {Share{"mdl_user", "true"}, Share{"mdl_context", "true"},
                                 Share{"mdl_logstore_standard_log", "objecttable = 'user'"},
                                 Share{"entstream.link", "kind = 'user'"}};
constexpr std::array of_members = {Share{"mdl_cohort", "true"}, Share{"mdl_cohort_members", "true"},
                                   Share{"mdl_logstore_standard_log", "objecttable = 'cohort'"},
                                   Share{"entstream.link", "kind = 'cohort'"},
                                   Share{"entstream.membership", "parent_kind = 'group'"}};

std::vector<std::string> names(pqxx::connection& database, const std::string& query) {
    pqxx::nontransaction work(database);
    std::vector<std::string> result;
    for (const auto& row : work.exec(query)) {
        result.push_back(row[0].as<std::string>());
    }
    return result;
}

std::vector<std::string> tables_of_moodle(pqxx::connection& database) {
    return names(database,
                 "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND "
                 "column_name = 'id' ORDER BY 1");
}

test::Exit run(const std::vector<std::string>& command, const test::ServersInfo& servers) {
    test::Exit exit = test::Process::run(command, servers.pg_environment());
    if (exit.status != 0) {
        throw std::runtime_error(command.front() + ": " + exit.err);
    }
    return exit;
}

/// Writes one part. \returns seconds
double write(PlainDatabase& database, const std::vector<TableRows>& part) {
    const Stopwatch watch;
    database.execute("BEGIN");
    for (const TableRows& rows : part) {
        database.write(rows.table, rows.rows);
    }
    database.execute("COMMIT");
    return watch.seconds();
}

}  // namespace

HighestIds highest_ids(const test::ServersInfo& servers) {
    pqxx::connection database(servers.conninfo());
    HighestIds result;
    for (const std::string& table : tables_of_moodle(database)) {
        pqxx::nontransaction work(database);
        result[table] = work.exec1("SELECT coalesce(max(id), 0) FROM " + table)[0].as<std::int64_t>();
    }
    return result;
}

LoadedRows export_rows(const test::ServersInfo& servers, const HighestIds& before) {
    LoadedRows result;
    result.entstream_tables = run({"pg_dump", "--schema-only", "--schema=entstream"}, servers).out;
    pqxx::connection connection(servers.conninfo());
    PlainDatabase database(servers);
    const auto copy = [&](std::vector<TableRows>& part, const std::string& table, const std::string& which) {
        const auto highest = before.find(table);
        std::string rows = database.copy_out(
            fmt::format("SELECT * FROM {} WHERE ({}){}", table, which,
                        highest == before.end() ? std::string() : fmt::format(" AND id > {}", highest->second)));
        if (!rows.empty()) {
            part.push_back({.table = table, .rows = std::move(rows)});
        }
    };
    std::map<std::string, std::string> rest;
    for (const std::string& table : tables_of_moodle(connection)) {
        rest.emplace(table, "true");
    }
    for (const std::string& table : names(connection,
                                          "SELECT 'entstream.' || tablename FROM pg_tables WHERE "
                                          "schemaname = 'entstream' ORDER BY 1")) {
        rest.emplace(table, "true");
    }
    const auto share_out = [&](std::vector<TableRows>& part, const auto& shares) {
        for (const Share& share : shares) {
            copy(part, share.table, share.which);
            rest.at(share.table) += fmt::format(" AND NOT ({})", share.which);
        }
    };
    share_out(result.users, of_users);
    share_out(result.members, of_members);
    for (const auto& [table, which] : rest) {
        copy(result.roles, table, which);
    }
    return result;
}

LimitSeconds write_rows(const test::ServersInfo& servers, const LoadedRows& rows) {
    PlainDatabase database(servers);
    const test::TempDir dir;
    const std::string file = dir.path() / "entstream.sql";
    std::ofstream(file) << rows.entstream_tables;
    run({"psql", "-qX", "-v", "ON_ERROR_STOP=1", "-f", file}, servers);
    LimitSeconds seconds;
    seconds.users = write(database, rows.users);
    seconds.members = write(database, rows.members);
    seconds.roles = write(database, rows.roles);
    return seconds;
}

}  // namespace entstream::bench
