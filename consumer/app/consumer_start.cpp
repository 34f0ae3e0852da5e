// How the consumer starts: topics, database, the approval of a first start, the sources.

#include <spdlog/spdlog.h>

#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "common/kafka/topic_admin.hpp"
#include "common/log/context.hpp"
#include "consumer/app/consumer.hpp"
#include "consumer/app/planning.hpp"
#include "consumer/merge/database.hpp"
#include "consumer/merge/lease.hpp"

namespace entstream::consumer::app {

namespace {

/// At the start somebody is waiting for the answer; later the answer is patience.
constexpr std::chrono::seconds patience_at_start{10};
constexpr std::chrono::milliseconds pause_at_start{500};
/// Another process whose lease is growing old: it is dead, or it will say so.
constexpr std::chrono::seconds patience_with_another{merge::lease_patience + std::chrono::seconds(5)};
constexpr std::chrono::seconds look_interval{1};

/// How long an error is waited out at the start; zero: not at all.
using Patience = std::function<std::chrono::seconds(const std::exception_ptr&)>;

/// Repeats what a server that is just starting refuses, for a while. \returns false: told to stop
bool try_at_start(const runtime::StopSignal& stop, const std::function<void()>& work, const Patience& patience,
                  const std::function<void(const std::string&)>& waits = {}) {
    const auto begin = std::chrono::steady_clock::now();
    while (true) {
        try {
            work();
            return true;
        } catch (const std::exception& failure) {
            if (std::chrono::steady_clock::now() >= begin + patience(std::current_exception())) {
                throw;
            }
            spdlog::debug("{}", failure.what());
            if (waits) {
                waits(failure.what());
            }
        }
        if (stop.wait(pause_at_start)) {
            return false;
        }
    }
}

std::chrono::seconds patience_on_target(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const merge::Occupied&) {
        return patience_with_another;
    } catch (...) {
        const bool passes = merge::classify(error) == merge::Failure::transient;
        return passes ? patience_at_start : std::chrono::seconds(0);
    }
}

std::chrono::seconds patience_on_kafka(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const kafka::Error& failure) {
        return failure.error_class() == kafka::ErrorClass::transient ? patience_at_start : std::chrono::seconds(0);
    } catch (...) {
        return std::chrono::seconds(0);
    }
}

}  // namespace

bool Consumer::start() {
    const std::vector<kafka::TopicSpec> topics = {
        kafka::TopicSpec::dead_letters(read::KafkaDeadLetters::topic_of(config_.kafka, config_.target))};
    const auto waits = [this](const std::string& words) { metrics_.enter(metrics::State::waiting_kafka, words); };
    // Nothing is written anywhere before both servers are known to be what they should be.
    return try_at_start(
               stop_, [&] { kafka::TopicAdmin(config_.kafka).check(topics); }, patience_on_kafka, waits) &&
           open_target() && await_first_start() && make_topics_and_claim(topics);
}

bool Consumer::make_topics_and_claim(const std::vector<kafka::TopicSpec>& topics) {
    bool made = false;
    bool claimed = false;
    std::exception_ptr failure;
    const auto make = [&] { kafka::TopicAdmin(config_.kafka).ensure(topics); };
    {
        const auto making = side_thread_.run([&] {
            try {
                made = try_at_start(stop_, make, patience_on_kafka);
            } catch (...) {
                failure = std::current_exception();
            }
        });
        claimed = claim_sources();
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
    return made && claimed;
}

bool Consumer::open_target() {
    std::exception_ptr pause;
    bool said = false;
    const auto open = [&] {
        try {
            target_.open();
        } catch (const merge::Occupied& another) {
            metrics_.enter(metrics::State::standby, another.what());
            if (!std::exchange(said, true)) {
                spdlog::warn("{}; waiting {} s for it to end", another.what(), patience_with_another.count());
            }
            throw;
        } catch (const merge::Paused&) {
            pause = std::current_exception();
        }
    };
    const auto waits = [this, &said](const std::string& words) {
        // Another process that serves this Moodle has been told of.
        metrics_.enter(said ? metrics::State::standby : metrics::State::waiting_database, words);
    };
    if (!try_at_start(stop_, open, patience_on_target, waits)) {
        return false;
    }
    metrics_.connected();
    return recovery_.on_target([&] {
        if (pause) {
            std::rethrow_exception(std::exchange(pause, nullptr));  // the recovery opens it again
        }
    });
}

bool Consumer::await_first_start() {
    auto state = merge::FirstStart::free;
    const auto look = [&] { return recovery_.on_target([&] { state = target_.first_start(); }); };
    if (config_.first_start == FirstStartPolicy::apply) {
        return true;
    }
    if (!look()) {
        return false;
    }
    if (state != merge::FirstStart::waits) {
        return true;
    }
    const std::string place = merge::describe(config_.database);
    spdlog::warn("{} has people already: what this first start would do is planned, nothing is applied", place);
    LogsPlan plan;
    const auto plan_all = [&] {
        plan = plan_logs(config_, stop_, {}, [this] { renew_lease_when_due(); });
        if (!plan.stopped) {
            target_.store_first_start(plan.totals, plan.records);
        }
    };
    if (!recovery_.on_target(plan_all) || plan.stopped) {
        return false;
    }
    for (const std::string& line : lines_of(plan.totals)) {
        spdlog::warn("the first start would do: {}", line);
    }
    spdlog::warn(
        "the first start waits for an approval ({} records were read{}): --plan shows it again, each object with "
        "--json; --approve start lets it go on (docs/adoption.md)",
        plan.records, plan.is_complete ? "" : ", and the directory was not read to its end yet");
    metrics_.enter(metrics::State::waiting_approval, "the first start waits for an approval (docs/adoption.md)");
    while (state == merge::FirstStart::waits) {
        if (stop_.wait(look_interval)) {
            return false;
        }
        metrics_.enter(metrics::State::waiting_approval, "the first start waits for an approval (docs/adoption.md)");
        renew_lease_when_due();
        if (!look()) {
            return false;
        }
    }
    metrics_.enter(metrics::State::starting);
    spdlog::info("the first start was approved");
    return true;
}

bool Consumer::claim_sources() {
    for (const std::string& source : config_.sources) {
        const log::Context of_source({.source = source});
        merge::StoredPosition stored;
        if (!recovery_.on_target([&] { stored = target_.claim(source); })) {
            return false;
        }
        if (!stored.watermark) {
            first_loads_.insert(source);
        }
        metrics_.claimed(source, stored);
        applier_.start_at(source, stored.last_sequence);
        progress_.start(source, stored.next_offset);
        feeds_.push_back(std::make_unique<SourceFeed>(config_, source, mapper_, dead_letters_,
                                                      read::StartPosition{.log_id = stored.log_id,
                                                                          .next_offset = stored.next_offset,
                                                                          .last_sequence = stored.last_sequence,
                                                                          .begun_at = stored.begun_at,
                                                                          .members_from = {},
                                                                          .looks_ahead = true}));
    }
    return true;
}

}  // namespace entstream::consumer::app
