#include "producer/app/producer.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "common/kafka/topic_admin.hpp"
#include "common/ldap/ldap_error.hpp"
#include "common/log/log.hpp"
#include "common/model/topics.hpp"
#include "producer/app/ldap_side_reads.hpp"
#include "producer/app/log_topics.hpp"
#include "producer/app/restored_log.hpp"
#include "producer/publish/container_searches.hpp"
#include "producer/publish/selection.hpp"
#include "producer/publish/start_records.hpp"

namespace entstream::producer::app {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// How long a start waits for a server before it fails.
constexpr auto start_patience = 30s;
/// The longest sleep of the stream's loop: how soon a stop signal is noticed.
constexpr std::chrono::milliseconds longest_wait = 100ms;
/// Taken from the queue at once. In persist what they bring is one transaction, or more where it is much.
constexpr std::size_t most_messages = 2000;
/// How often gauges are set: what is read for them costs little, but not nothing.
constexpr auto show_interval = 500ms;
/// The same while a reconcile goes on beside the stream.
constexpr std::chrono::milliseconds busy_wait = 1ms;

std::chrono::milliseconds until(Clock::time_point due, Clock::time_point now) {
    return std::clamp(std::chrono::ceil<std::chrono::milliseconds>(due - now), 0ms, longest_wait);
}

bool is_transient(const kafka::Error& error) {
    return error.error_class() == kafka::ErrorClass::transient;
}
bool is_transient(const ldap::LdapError& error) {
    return error.error_class() == ldap::ErrorClass::transient;
}

}  // namespace

Producer::Producer(const ProducerConfig& config, const runtime::StopSignal& stop, metrics::Monitoring& monitoring)
    : config_(publish::with_container_searches(publish::agree_by_kind(config))),
      stop_(stop),
      health_(monitoring.health()),
      source_(monitoring.metrics(), config.source),
      queue_(monitoring.metrics(), config.source),
      stop_source_(stop),
      reconnect_(config.reconnect_first, config.reconnect_most),
      rebirth_(config.reconnect_first, config.reconnect_most),
      ownership_(config_) {}

void Producer::run() {
    reach_provider();
    bool fenced = false;
    while (!stop_.requested()) {
        try {
            if (std::exchange(fenced, false)) {
                health_.enter(metrics::State::standby, "another process publishes this source");
                ownership_.stand_by([this] {
                    health_.alive();
                    return !stop_.requested();
                });
                health_.enter(metrics::State::starting);
            }
            live();
        } catch (const kafka::Fenced& error) {
            spdlog::warn("{}", error.what());
            fenced = true;
            source_.fenced();
        } catch (const kafka::Error& error) {
            if (stop_.requested()) {
                return;
            }
            if (!settled_) {
                throw;
            }
            if (!failures_.may_pass(error)) {
                spdlog::error(
                    "Kafka refuses what this source publishes, and waiting does not mend it; remedy: mend "
                    "what the next line names (rights of the account, settings of the topics, brokers) and "
                    "start again; entstream-producer --check looks at the topics");
                throw;
            }
            spdlog::error("{}: starting again from the log", error.what());
            health_.enter(metrics::State::waiting_kafka, error.what());
        } catch (const ldap::LdapError& error) {
            if (stop_.requested()) {
                return;
            }
            if (!settled_) {
                throw;
            }
            provider_was_lost_ = true;
            spdlog::error("{}: starting again from the log", error.what());
            source_.lost(publish::loss_of(error.error_class()));
            health_.enter(metrics::State::waiting_directory, error.what());
        }
        source_.connected(false);
        if (source_.refreshing()) {
            source_.refresh_ended(false);
        }
        if (!stop_.requested()) {
            source_.rebuilt();
        }
        sleep(rebirth_.next());
    }
}

void Producer::patiently(const std::function<void()>& step) {
    const auto give_up = Clock::now() + start_patience;
    const auto wait_or_rethrow = [&](const auto& error, metrics::State state) {
        if (!is_transient(error) || Clock::now() >= give_up) {
            throw;  // what the caller has caught
        }
        spdlog::warn("{}: trying again", error.what());
        health_.enter(state, error.what());
        sleep(reconnect_.next());
    };
    while (!stop_.requested()) {
        try {
            step();
            reconnect_.reset();
            return;
        } catch (const kafka::Error& error) {
            wait_or_rethrow(error, metrics::State::waiting_kafka);
        } catch (const ldap::LdapError& error) {
            wait_or_rethrow(error, metrics::State::waiting_directory);
        }
    }
}

void Producer::reach_provider() {
    patiently([this] {
        sync::SyncReader reader(config_);
        const std::stop_callback on_stop(stop_source_.token(), [&reader] { reader.stop(); });
        reader.connect();
        source_.contact();
        health_.enter(metrics::State::starting);
    });
}

void Producer::live() {
    const auto keep_on = [this] {
        health_.alive();
        return !stop_.requested();
    };
    // In each life: a topic may have been deleted or altered while the program was running.
    patiently([this] { kafka::TopicAdmin(config_.kafka).ensure(log_topics(config_)); });
    publish::KafkaLogWriter log(config_.kafka, config_.source, Topics::of(config_.kafka.topic_prefix, config_.source),
                                keep_on, health_);
    patiently([&log] { log.take_over(); });
    health_.enter(metrics::State::starting, "the log is read back");
    log.sign(ownership_.claim());
    index::Index index;
    const publish::Restored restored = restore_from_topics(config_, index, keep_on);
    if (stop_.requested()) {
        return;
    }
    const std::string log_id = restored.log_id.empty() ? Uuid::random().to_text() : restored.log_id;
    publish::Publisher publisher(log, config_.source, log_id, restored.last_sequence, restored.last_revision);
    publisher.report_to(source_);
    LdapSideReads side(config_, stop_source_.token());
    std::optional<publish::Stream> stream;
    control::Service requests(config_, publisher, restored);
    const auto open_stream = [&] {
        publish::publish_start_records(config_, restored, publisher);
        stream.emplace(config_, index, publisher, side, restored);
        next_heartbeat_ = Clock::now() + config_.heartbeat_interval;
    };
    if (settled_) {
        open_stream();
    }

    while (!stop_.requested()) {
        std::optional<publish::SessionEnd> end;
        bool has_streamed = false;
        {
            sync::SyncReader reader(config_);
            const std::stop_callback on_stop(stop_source_.token(), [&reader] { reader.stop(); });
            try {
                const sync::ProviderState provider = reader.connect();
                side.use_server(provider.uri);
                spdlog::info("connected to {}", provider.uri);
                source_.contact();
                if (!stream) {
                    open_stream();  // not before the provider has answered: a start that fails writes nothing
                }
                auto cookies = stream->begin_session(provider);
                settled_ = true;
                end = stream->session_end();
                if (!end) {
                    begin_session(*stream, index);
                    reader.start(std::move(cookies));
                }
            } catch (const ldap::LdapError& error) {
                if (!settled_) {
                    throw;
                }
                end = {.why = error.what(),
                       .at_once = false,
                       .error_class = error.error_class(),
                       .reason = publish::loss_of(error.error_class())};
            }
            if (!end) {
                end = stream_session(*stream, reader, requests, log);
                has_streamed = stream->refreshed();
            }
        }
        if (end && !stop_.requested()) {
            lost(*end);
            pause(*end, has_streamed, *stream, requests);
        }
    }
    health_.enter(metrics::State::stopping);
    log.abort();
    spdlog::info("stopped");
}

std::optional<publish::SessionEnd> Producer::stream_session(publish::Stream& stream, sync::SyncReader& reader,
                                                            control::Service& requests,
                                                            const publish::KafkaLogWriter& log) {
    const QueueReport::Watch queue(queue_, reader);
    while (!stop_.requested()) {
        log.rest();
        auto now = Clock::now();
        auto wake = next_heartbeat_;
        if (const auto tick = stream.next_tick()) {
            wake = std::min(wake, *tick);
        }
        const auto wait = requests.busy() ? std::min(busy_wait, until(wake, now)) : until(wake, now);
        auto messages = reader.pop_all(most_messages, wait);
        if (!messages.empty()) {
            source_.contact();
        }
        for (sync::Message& message : messages) {
            stream.handle(std::move(message));
            stream.commit_if_full();
        }
        now = Clock::now();
        stream.tick(now);
        requests.read_requests();
        if (stream.streaming() && std::exchange(provider_was_lost_, false)) {
            requests.provider_was_lost();
        }
        requests.work(stream);
        beat(stream, now);
        log::tell_left_out();
        stream.commit_if_due();
        show(stream, requests, log);
        if (stream.streaming()) {
            reconnect_.reset();
            rebirth_.reset();
            failures_.forget();
            ownership_.forget();
        }
        if (stream.session_end()) {
            return stream.session_end();
        }
    }
    return std::nullopt;
}

void Producer::begin_session(const publish::Stream& stream, const index::Index& index) {
    const metrics::RefreshReason reason = stream.refresh_reason();
    std::size_t expected = 0;
    if (reason != metrics::RefreshReason::resume) {
        for (const EntryKind kind : index::entry_kinds) {
            expected += index.table(kind).present();
        }
    }
    source_.connected(true);
    source_.refresh_began(reason, expected);
    health_.enter(metrics::State::running);
}

void Producer::show(const publish::Stream& stream, const control::Service& requests,
                    const publish::KafkaLogWriter& log) {
    health_.alive();
    const bool over = source_.refreshing() && stream.refreshed();
    if (source_.refreshing()) {
        source_.refresh_progress(stream.seen_in_refresh());
    }
    if (over) {
        source_.refresh_ended(true);
    }
    const auto now = Clock::now();
    if (!over && now < next_show_) {
        return;
    }
    next_show_ = now + show_interval;
    source_.content(stream.content());
    source_.reconcile(requests.reconcile_report());
    if (std::exchange(has_beaten_, false)) {
        if (const auto end = log.end_of_changes()) {
            source_.log_end(*end);
        }
    }
}

void Producer::lost(const publish::SessionEnd& end) {
    source_.connected(false);
    source_.lost(end.reason, end.unreadable);
    if (source_.refreshing()) {
        source_.refresh_ended(false);
    }
}

void Producer::beat(publish::Stream& stream, Clock::time_point now) {
    if (now >= next_heartbeat_) {
        stream.heartbeat();
        has_beaten_ = true;
        next_heartbeat_ = now + config_.heartbeat_interval;
    }
}

void Producer::pause(const publish::SessionEnd& end, bool has_streamed, publish::Stream& stream,
                     control::Service& requests) {
    auto delay = std::chrono::milliseconds::zero();
    if (end.error_class != ldap::ErrorClass::transient) {
        delay = config_.reconnect_most;  // somebody has to do something: no use in asking often
    } else if (!end.at_once || (hurried_ && !has_streamed)) {
        delay = reconnect_.next();
    }
    hurried_ = end.at_once && !has_streamed;
    provider_was_lost_ = provider_was_lost_ || (has_streamed && !end.at_once);
    spdlog::warn("{}: connecting again {}", end.why,
                 delay == std::chrono::milliseconds::zero() ? std::string("at once")
                                                            : "in " + std::to_string(delay.count()) + " ms");
    if (delay > std::chrono::milliseconds::zero()) {
        health_.enter(metrics::State::waiting_directory, end.why);
    }
    const auto over = Clock::now() + delay;
    for (auto now = Clock::now(); now < over && !stop_.requested(); now = Clock::now()) {
        beat(stream, now);
        requests.read_requests();
        stream.commit();
        health_.alive();
        sleep(std::chrono::ceil<std::chrono::milliseconds>(std::min(over, next_heartbeat_) - now));
    }
}

}  // namespace entstream::producer::app
