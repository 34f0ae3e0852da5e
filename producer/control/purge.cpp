#include "producer/control/purge.hpp"

#include "common/model/topics.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream::producer::control {

namespace {

using namespace std::chrono_literals;

/// The stream has its turn in between.
constexpr int records_at_once = 2000;
/// Records that are fetched ahead.
constexpr std::size_t purge_queue_octets = 8UL << 20U;

}  // namespace

Purge::Purge(const kafka::KafkaConfig& config, const std::string& changes_topic, const Choice& choice)
    : reader_(config, changes_topic, 0, {.group = {}, .queue_bytes = purge_queue_octets}), choice_(choice) {}

bool Purge::is_wanted(const kafka::Record& record) const {
    v1::Change change;
    if (!change.ParseFromArray(record.value()->data(), static_cast<int>(record.value()->size())) ||
        change.operation() != v1::OPERATION_DELETE) {
        return false;
    }
    if (choice_.uuid) {
        const std::string octets = choice_.uuid->to_bytes();
        return change.kind() == v1::KIND_MEMBER ? change.member().member_uuid() == octets : change.uuid() == octets;
    }
    return record.timestamp() < choice_.older_than;
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
