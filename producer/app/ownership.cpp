#include "producer/app/ownership.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>

#include "common/kafka/log_reader.hpp"
#include "common/model/topics.hpp"
#include "common/model/uuid.hpp"
#include "producer/publish/kafka_log_writer.hpp"
#include "producer/publish/publisher.hpp"

namespace entstream::producer::app {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Signs of life that may be missing before an owner is taken for dead.
constexpr int most_missing = 6;
constexpr int most_doublings = 6;
/// How soon a stop signal is noticed.
constexpr auto slice = 100ms;

std::string host_name() {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "?";
}

std::optional<v1::OwnerState> read_owner(const ProducerConfig& config, const std::string& topic,
                                         const std::function<bool()>& keep_on) {
    std::optional<v1::OwnerState> owner;
    const auto use = [&](const kafka::Record& record) {
        if (record.key() == publish::owner_key && record.value()) {
            v1::OwnerState state;
            if (state.ParseFromArray(record.value()->data(), static_cast<int>(record.value()->size()))) {
                owner = std::move(state);
            }
        }
    };
    kafka::read_to_end(config.kafka, topic, use, keep_on);
    return owner;
}

/// Whether everything on the log was read, as a broker says that answers. While Kafka is away, nobody can be heard.
bool has_heard_all(const kafka::LogReader& reader) {
    try {
        return reader.bounds().end <= reader.position() || reader.at_end();
    } catch (const kafka::Error& error) {
        if (error.error_class() != kafka::ErrorClass::transient) {
            throw;
        }
        return false;
    }
}

}  // namespace

v1::OwnerState Ownership::claim() {
    id_ = Uuid::random().to_text();
    v1::OwnerState state;
    state.set_id(id_);
    state.set_host(host_name());
    state.set_pid(getpid());
    *state.mutable_since() = publish::to_timestamp(std::chrono::system_clock::now());
    return state;
}

std::chrono::milliseconds Ownership::patience() const {
    return config_->heartbeat_interval * most_missing * (1 << std::min(taken_back_, most_doublings));
}

void Ownership::stand_by(const std::function<bool()>& keep_on) {
    const Topics topics = Topics::of(config_->kafka.topic_prefix, config_->source);
    const auto owner = read_owner(*config_, topics.state, keep_on);
    if (!keep_on()) {
        return;
    }
    if (!owner || owner->id() == id_) {
        spdlog::warn(
            "no other process has taken source {} over: this one stood still, or had no broker, for longer than "
            "a transaction may take",
            config_->source);
        return;
    }
    spdlog::warn(
        "process {} on {} publishes source {} now: standing by, to take over when nothing was written for {:.0f} s; "
        "remedy, if that is not what you want: stop one of the two",
        owner->pid(), owner->host(), config_->source, std::chrono::duration<double>(patience()).count());
    const std::int64_t end = kafka::LogReader(config_->kafka, topics.changes, 0).bounds().end;
    kafka::LogReader reader(config_->kafka, topics.changes, end);
    auto last_sign = Clock::now();
    while (keep_on()) {
        if (reader.poll(slice)) {
            last_sign = Clock::now();
        } else if (Clock::now() - last_sign >= patience()) {
            if (has_heard_all(reader)) {
                spdlog::warn("process {} on {} has been silent for {:.0f} s: taking source {} over", owner->pid(),
                             owner->host(), std::chrono::duration<double>(patience()).count(), config_->source);
                ++taken_back_;
                return;
            }
            last_sign = Clock::now();
        }
    }
}

}  // namespace entstream::producer::app
