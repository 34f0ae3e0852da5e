#include "consumer/app/self_verification.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "consumer/app/cancels_at_stop.hpp"
#include "consumer/app/log_to_end.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/merge/failure.hpp"
#include "consumer/merge/log_plan.hpp"

namespace entstream::consumer::app {

namespace {

using std::chrono::system_clock;

/// Thrown to end a comparison; its words are the outcome.
class EndOfVerification : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

std::string this_process() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return fmt::format("{}:{}", host.data(), getpid());
}

}  // namespace

SelfVerification::SelfVerification(const ConsumerConfig& config, const runtime::StopSignal& stop)
    : config_(config), stop_(stop), schedule_(VerifySchedule::parse(config.verify).value_or(VerifySchedule())) {
    if (!schedule_.is_off()) {
        next_ = schedule_.next(system_clock::now());
    }
}

SelfVerification::~SelfVerification() {
    over_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool SelfVerification::is_due() const {
    return !schedule_.is_off() && !running_ && system_clock::now() >= next_;
}

void SelfVerification::ended_before(VerifySchedule::Time time) {
    if (!schedule_.is_off()) {
        next_ = schedule_.next(time);
    }
}

void SelfVerification::begin() {
    if (thread_.joinable()) {
        thread_.join();  // it has ended
    }
    next_ = schedule_.next(system_clock::now());
    running_ = true;
    thread_ = std::thread([this] {
        run();
        running_ = false;
    });
}

void SelfVerification::run() {
    // Of this thread only, on Linux: the stream comes first.
    constexpr int nice_value = 10;
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice_value);
    try {
        const merge::Verification found = compare();
        merge::store_verification(config_, found);
        const auto seconds = std::chrono::duration<double>(system_clock::now() - found.begun_at).count();
        if (found.outcome == "equal") {
            spdlog::info("verification: log and Moodle agree ({} records read, {:.1f} s)", found.records, seconds);
        } else if (found.outcome == "different") {
            for (const merge::Difference& difference : found.differences) {
                spdlog::warn(
                    "verification: source {}: {} {}s are {} in Moodle; entstream-replay verify --objects shows "
                    "them, entstream-replay sync --force puts them right",
                    difference.source, difference.objects, difference.entity, difference.kind);
            }
        } else if (found.outcome == "too long") {
            spdlog::warn("verification: given up after {:.1f} s (consumer.verify_most)", seconds);
        }
    } catch (const std::exception& failure) {
        spdlog::warn("verification: it came to no result: {}", merge::words_without_values(failure));
    }
}

merge::Verification SelfVerification::compare() {
    merge::Verification result{.begun_at = system_clock::now(), .by = this_process(), .compared = "log and Moodle"};
    const auto deadline = std::chrono::steady_clock::now() + config_.verify_most;
    const auto why_to_end = [&]() -> const char* {
        if (over_ || stop_.requested()) {
            return "stopped";
        }
        return std::chrono::steady_clock::now() >= deadline ? "too long" : nullptr;
    };
    try {
        const map::Mapper mapper(config_.mapping);
        merge::LogPlanner planner(config_);
        const CancelsAtStop cancels(planner, [&] { return why_to_end() != nullptr; });
        const merge::ReplayScope scope{.users = true, .cohorts = true, .roles = true, .force = true};
        for (const std::string& source : config_.sources) {
            const auto read = [&](const merge::StoredPosition& start, const std::function<void(Batch &&)>& stage) {
                const LogRead log = read_to_present_end(
                    config_, source, mapper,
                    {.log_id = start.log_id,
                     .next_offset = 0,
                     .last_sequence = 0,
                     .begun_at = {},
                     // Those that the target has applied it knows better than the log.
                     .members_from = start.next_offset},
                    stop_,
                    [&](std::int64_t, std::int64_t) {
                        if (const char* const why = why_to_end()) {
                            throw EndOfVerification(why);
                        }
                    },
                    stage);
                if (log.stopped) {
                    throw EndOfVerification("stopped");
                }
                result.records += log.records;
            };
            const auto totals = planner.replay(source, scope, read, {});
            for (merge::Difference& difference : merge::differences_of(source, totals)) {
                result.differences.push_back(std::move(difference));
            }
        }
        result.outcome = result.differences.empty() ? "equal" : "different";
    } catch (const std::exception& failure) {
        const char* const why = why_to_end();
        if (why == nullptr) {
            spdlog::warn("verification: it failed: {}", merge::words_without_values(failure));
        }
        result.outcome = why == nullptr ? "failed" : why;
        result.differences.clear();
    }
    return result;
}

}  // namespace entstream::consumer::app
