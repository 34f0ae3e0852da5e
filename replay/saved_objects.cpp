#include "replay/saved_objects.hpp"

#include <fmt/format.h>

#include <utility>

#include "replay/objects_output.hpp"

namespace entstream::replay {

using consumer::merge::PlannedObject;

std::string SavedObjects::key_of(const PlannedObject& object) {
    return fmt::format("{}/{}/{}/{}/{}", object.entity, object.uuid, object.parent, object.role_id, object.context_id);
}

std::string SavedObjects::change_of(const PlannedObject& object) {
    return object.action + ' ' + object.changes;
}

void SavedObjects::expect(const PlannedObject& object) {
    Expected& expected = expected_[key_of(object)];
    expected.changes.insert(change_of(object));
    expected.shown.push_back(object);
}

SavedObjects::Objects SavedObjects::unexpected(const Objects& now) {
    Objects others;
    now_.clear();
    for (const PlannedObject& object : now) {
        const auto known = expected_.find(key_of(object));
        if (!is_difference(object.action)) {
            if (known != expected_.end() && known->second.why.empty() && object.action != "gone") {
                known->second.why = object.action + (object.reason.empty() ? "" : ": " + object.reason);
            }
            continue;
        }
        if (known != expected_.end() && known->second.changes.contains(change_of(object))) {
            now_.push_back(object);
            continue;
        }
        if (known != expected_.end()) {
            known->second.why = "Moodle has changed: it would be " + change_of(object) + " by now";
        }
        others.push_back(object);
    }
    return others;
}

void SavedObjects::done() {
    for (const PlannedObject& object : std::exchange(now_, {})) {
        auto& changes = expected_.at(key_of(object)).changes;
        if (const auto change = changes.find(change_of(object)); change != changes.end()) {
            changes.erase(change);
        }
    }
}

SavedObjects::Objects SavedObjects::left() const {
    Objects left;
    for (const auto& [key, expected] : expected_) {
        for (PlannedObject object : expected.shown) {
            if (expected.changes.contains(change_of(object))) {
                object.reason = expected.why;
                left.push_back(std::move(object));
            }
        }
    }
    return left;
}

}  // namespace entstream::replay
