#include "consumer/merge/time_limits.hpp"

#include <fmt/format.h>
#include <pqxx/except>
#include <pqxx/transaction>

#include "common/runtime/tcp_limits.hpp"

namespace entstream::consumer::merge {
namespace {

namespace limits = runtime::tcp_limits;

/// Ends a statement whose client is gone; from PostgreSQL 14 on, and not on every system.
constexpr const char* watch_client = "SET LOCAL client_connection_check_interval = '2s'; ";

bool can_watch_client(pqxx::connection& connection) {
    try {
        pqxx::work(connection).exec(watch_client);
        return true;
    } catch (const pqxx::sql_error&) {
        return false;
    }
}

}  // namespace

std::string time_limits(pqxx::connection& connection, std::chrono::milliseconds statement) {
    // Compiling a query takes longer than it runs; so does the look at 30 000 rows of a temporary table, where a tenth
    // tells how many there are of each. What one step sorts or joins of a batch is a few megabytes: no files for that.
    return fmt::format(
               "SET LOCAL jit = off; SET LOCAL default_statistics_target = 10; "
               "SET LOCAL work_mem = '16MB'; "
               "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = {}; "
               "SET LOCAL idle_in_transaction_session_timeout = '15s'; SET LOCAL tcp_keepalives_idle = {}; "
               "SET LOCAL tcp_keepalives_interval = {}; SET LOCAL tcp_keepalives_count = {}; "
               "SET LOCAL tcp_user_timeout = {}; ",
               statement.count(), limits::keepalive_idle.count(), limits::keepalive_interval.count(),
               limits::keepalive_probes, limits::unacknowledged.count()) +
           (can_watch_client(connection) ? watch_client : "");
}

}  // namespace entstream::consumer::merge
