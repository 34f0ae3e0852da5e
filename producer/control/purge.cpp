#include "producer/control/purge.hpp"

#include "common/model/topics.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream::producer::control {

namespace {

using namespace std::chrono_literals;

/// The stream has its turn in between.
constexpr int records_at_once = 2000;

}  // namespace

Purge::Purge(const kafka::KafkaConfig& config, const std::string& changes_topic, const v1::Purge& what,
             std::chrono::system_clock::time_point now)
    : reader_(config, changes_topic, 0),
      older_than_(now - std::chrono::hours(24) * what.older_than_days()),
      uuid_(what.has_uuid() ? Uuid::from_text(what.uuid()) : std::nullopt) {}

bool Purge::is_wanted(const kafka::Record& record) const {
    v1::Change change;
    if (!change.ParseFromArray(record.value()->data(), static_cast<int>(record.value()->size())) ||
        change.operation() != v1::OPERATION_DELETE) {
        return false;
    }
    if (uuid_) {
        const std::string octets = uuid_->to_bytes();
        return change.kind() == v1::KIND_MEMBER ? change.member().member_uuid() == octets : change.uuid() == octets;
    }
    return record.timestamp() < older_than_;
}

void Purge::read_some() {
    for (int i = 0; i < records_at_once; ++i) {
        const auto record = reader_.poll(0ms);
        if (!record) {
            return;
        }
        ++records_;
        const std::string key(record->key());
        ParsedKey parsed;
        if (!parse_key(key, parsed) || key.starts_with("meta/")) {
            continue;
        }
        if (record->value() && is_wanted(*record)) {
            found_[key] = record->offset();
        } else {
            found_.erase(key);
        }
    }
}

bool Purge::has_read_all() const {
    return reader_.position() >= reader_.bounds().end;
}

}  // namespace entstream::producer::control
