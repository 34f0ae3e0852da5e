#include "producer/publish/removal_totals.hpp"

namespace entstream::producer::publish {

void RemovalTotals::add(const index::Index& index, const index::EntryRef& ref) {
    switch (ref.kind) {
        case EntryKind::user:
            ++users;
            return;
        case EntryKind::group:
            ++groups;
            break;
        case EntryKind::role:
            ++roles;
            break;
    }
    members += index.members(ref.kind).of(ref.slot).size() + index.nesting.count(ref);
}

v1::Cause cause_of(v1::Phase phase) {
    switch (phase) {
        case v1::PHASE_REFRESH:
            return v1::CAUSE_REFRESH;
        case v1::PHASE_RESYNC:
            return v1::CAUSE_RESYNC;
        case v1::PHASE_RECONCILE:
            return v1::CAUSE_RECONCILE;
        default:
            return v1::CAUSE_PERSIST;
    }
}

}  // namespace entstream::producer::publish
