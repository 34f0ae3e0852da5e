#include "producer/publish/start_records.hpp"

#include "producer/publish/fingerprint.hpp"

namespace entstream::producer::publish {

namespace {

bool same(v1::SourceDescription left, v1::SourceDescription right) {
    left.clear_sequence();
    right.clear_sequence();
    return left.SerializeAsString() == right.SerializeAsString();
}

}  // namespace

void publish_start_records(const ProducerConfig& config, const Restored& restored, Publisher& publisher) {
    if (restored.log_id.empty() || restored.damage.log_identity) {
        publisher.log_identity();
    }
    const v1::SourceDescription description = describe(config);
    if (!restored.description || !same(*restored.description, description)) {
        publisher.source_description(description);
    }
    for (const std::string& key : restored.owed_tombstones) {
        publisher.tombstone(key);
    }
}

}  // namespace entstream::producer::publish
