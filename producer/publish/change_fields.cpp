#include "producer/publish/change_fields.hpp"

#include "producer/publish/publisher.hpp"
#include "producer/sync/cookie.hpp"

namespace entstream::producer::publish {

void start_change(v1::Change& change, v1::Kind kind, v1::Operation operation, const Uuid& uuid, const std::string& csn,
                  const Origin& origin) {
    change.Clear();
    change.set_kind(kind);
    change.set_operation(operation);
    change.set_uuid(uuid.to_bytes());
    change.set_csn(csn);
    change.set_phase(origin.phase);
    change.set_generation(origin.generation);
    change.set_removals_of_generation(origin.removals);
    if (const auto time = sync::csn_time(csn)) {
        *change.mutable_changed_at() = to_timestamp(*time);
    }
}

}  // namespace entstream::producer::publish
