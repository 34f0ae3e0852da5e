#include "producer/publish/change_fields.hpp"

#include "producer/publish/publisher.hpp"
#include "producer/sync/cookie.hpp"

namespace entstream::producer::publish {

namespace {

void set_removals(v1::Change& change, v1::Kind kind, const RemovalTotals& totals) {
    v1::Removals& removals = *change.mutable_removals();
    removals.set_cause(totals.cause);
    removals.set_users(totals.users);
    removals.set_groups(totals.groups);
    removals.set_roles(totals.roles);
    removals.set_members(totals.members);
    if (totals.cause == v1::CAUSE_REFRESH || totals.cause == v1::CAUSE_RESYNC) {
        change.set_removals_of_generation(kind == v1::KIND_USER    ? totals.users
                                          : kind == v1::KIND_GROUP ? totals.groups
                                                                   : totals.roles);
    }
}

}  // namespace

void start_change(v1::Change& change, v1::Kind kind, v1::Operation operation, const Uuid& uuid, const std::string& csn,
                  const Origin& origin) {
    change.Clear();
    change.set_kind(kind);
    change.set_operation(operation);
    change.set_uuid(uuid.to_bytes());
    change.set_csn(csn);
    change.set_phase(origin.phase);
    change.set_generation(origin.generation);
    if (operation == v1::OPERATION_DELETE) {
        set_removals(change, kind, origin.removals);
    }
    if (const auto time = sync::csn_time(csn)) {
        *change.mutable_changed_at() = to_timestamp(*time);
    }
}

}  // namespace entstream::producer::publish
