#include "replay/run_lock.hpp"

#include <fmt/format.h>
#include <pqxx/result>
#include <pqxx/transaction>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

#include "consumer/merge/database.hpp"

namespace entstream::replay {

namespace {

constexpr std::chrono::milliseconds pause_of_lock{500};
/// "entrepl" in ASCII.
constexpr const char* take_lock = "SELECT pg_try_advisory_xact_lock(x'656e747265706c'::bigint)";
constexpr const char* holder_of_lock =
    "SELECT coalesce(activity.application_name, 'process ' || locks.pid) FROM pg_locks AS locks "
    "LEFT JOIN pg_stat_activity AS activity ON activity.pid = locks.pid "
    "WHERE locks.locktype = 'advisory' AND locks.granted AND locks.database = (SELECT oid FROM pg_database WHERE "
    "datname "
    "= current_database()) AND (locks.classid::bigint << 32 | locks.objid::bigint) = x'656e747265706c'::bigint";

std::string name_of_run() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return fmt::format("{} pid {} on {}", program_name, getpid(), host.data());
}

}  // namespace

/// A transaction that does nothing but hold the lock: a pooler may be between us and the server.
class RunLock::Impl {
  public:
    explicit Impl(const Context& context) : connection_(context.config.database), transaction_(connection_.get()) {
        transaction_.exec0("SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL application_name = " +
                           transaction_.quote(name_of_run()));
        bool said = false;
        while (!transaction_.exec1(take_lock)[0].as<bool>()) {
            if (!std::exchange(said, true)) {
                const pqxx::result holder = transaction_.exec(holder_of_lock);
                spdlog::warn("another replay changes this Moodle ({}): waiting for its end",
                             holder.empty() ? "it has just ended" : holder[0][0].as<std::string>());
            }
            if (context.stop.wait(pause_of_lock)) {
                throw runtime::ProgramError(runtime::ExitCode::temporary,
                                            "told to stop while another replay was running; nothing was done");
            }
        }
    }

  private:
    consumer::merge::Connection connection_;
    pqxx::work transaction_;
};

RunLock::RunLock(const Context& context) : impl_(std::make_unique<Impl>(context)) {}
RunLock::~RunLock() = default;

}  // namespace entstream::replay
