#include "producer/publish/publisher.hpp"

#include "common/model/topics.hpp"

namespace entstream::producer::publish {

namespace {

constexpr const char* source_state_key = "source";
constexpr std::string_view tombstone_event = "entstream.tombstone";

}  // namespace

google::protobuf::Timestamp to_timestamp(std::chrono::system_clock::time_point time) {
    const auto since_epoch = time.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    google::protobuf::Timestamp result;
    result.set_seconds(seconds.count());
    result.set_nanos(
        static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch - seconds).count()));
    return result;
}

Publisher::Publisher(LogWriter& log, const std::string& source, std::string log_id, std::uint64_t last_sequence,
                     std::uint64_t last_revision)
    : log_(&log), events_(source, log_id) {
    source_state_.set_log_id(std::move(log_id));
    source_state_.set_last_sequence(last_sequence);
    source_state_.set_last_revision(last_revision);
}

Publisher::~Publisher() {
    if (metrics_ != nullptr && records_ > 0) {
        metrics_->aborted();
    }
}

std::uint64_t Publisher::next_sequence() {
    source_state_.set_last_sequence(source_state_.last_sequence() + 1);
    source_moved_ = true;
    return source_state_.last_sequence();
}

void Publisher::write(Topic topic, const std::string& key, const google::protobuf::MessageLite* value,
                      std::string_view event_type) {
    if (records_ == 0) {
        log_->begin();
        began_ = std::chrono::steady_clock::now();
    }
    std::span<const kafka::Header> headers;
    if (topic == Topic::changes) {
        headers = events_.headers(event_type, source_state_.last_sequence(), key, std::chrono::system_clock::now());
    }
    ++records_;
    bytes_ += key.size();
    if (value == nullptr) {
        log_->write(topic, key, std::nullopt, headers);
        return;
    }
    value->SerializeToString(&buffer_);
    bytes_ += buffer_.size();
    log_->write(topic, key, buffer_, headers);
}

void Publisher::change(const std::string& key, v1::Change& change) {
    ++written_.changes;
    written_.removals += change.operation() == v1::OPERATION_DELETE ? 1 : 0;
    change.set_sequence(next_sequence());
    if (change.operation() != v1::OPERATION_CREATE) {
        source_state_.set_last_revision(change.sequence());
    }
    const auto now = std::chrono::system_clock::now();
    *change.mutable_observed_at() = to_timestamp(now);
    if (metrics_ != nullptr) {
        metrics_->change(change, now);
    }
    write(Topic::changes, key, &change, kafka::event_type(change.kind(), change.operation()));
}

void Publisher::tombstone(const std::string& key) {
    source_state_.set_last_revision(source_state_.last_sequence());
    source_moved_ = true;
    write(Topic::changes, key, nullptr, tombstone_event);
}

void Publisher::log_identity() {
    v1::LogIdentity identity;
    identity.set_log_id(source_state_.log_id());
    *identity.mutable_created_at() = to_timestamp(std::chrono::system_clock::now());
    identity.set_format_version(log_format_version);
    identity.set_sequence(next_sequence());
    write(Topic::changes, std::string(log_identity_key), &identity, kafka::log_identity_event);
}

void Publisher::source_description(v1::SourceDescription description) {
    description.set_sequence(next_sequence());
    write(Topic::changes, std::string(source_description_key), &description, kafka::source_description_event);
}

void Publisher::heartbeat(const std::optional<std::chrono::system_clock::time_point>& watermark) {
    v1::Heartbeat heartbeat;
    *heartbeat.mutable_sent_at() = to_timestamp(std::chrono::system_clock::now());
    if (watermark) {
        *heartbeat.mutable_watermark() = to_timestamp(*watermark);
    }
    heartbeat.set_sequence(next_sequence());
    if (metrics_ != nullptr) {
        metrics_->heartbeat(watermark);
    }
    write(Topic::changes, std::string(heartbeat_key), &heartbeat, kafka::heartbeat_event);
}

void Publisher::purge_mark(std::uint64_t highest_purged_offset) {
    v1::PurgeMark mark;
    mark.set_highest_purged_offset(highest_purged_offset);
    mark.set_sequence(next_sequence());
    write(Topic::changes, std::string(purge_mark_key), &mark, kafka::purge_mark_event);
}

void Publisher::state(const std::string& key, const google::protobuf::MessageLite* value) {
    write(Topic::state, key, value, {});
}

std::chrono::steady_clock::duration Publisher::age() const {
    return records_ == 0 ? std::chrono::steady_clock::duration::zero() : std::chrono::steady_clock::now() - began_;
}

void Publisher::commit() {
    if (records_ == 0) {
        return;
    }
    if (source_moved_) {
        *source_state_.mutable_updated_at() = to_timestamp(std::chrono::system_clock::now());
        state(source_state_key, &source_state_);
    }
    log_->commit();
    if (metrics_ != nullptr) {
        metrics_->committed(records_, age());
    }
    records_ = 0;
    bytes_ = 0;
    source_moved_ = false;
}

}  // namespace entstream::producer::publish
