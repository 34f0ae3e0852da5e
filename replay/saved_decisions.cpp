#include "replay/saved_decisions.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace entstream::replay {

using consumer::Offset;
using consumer::merge::Decision;
using consumer::merge::PlannedObject;

namespace {

constexpr std::size_t asked_at_once = 1000;

}  // namespace

void SavedDecisions::add(const consumer::merge::ReplayUnit& unit) {
    const auto parsed = nlohmann::json::parse(unit);
    const auto& row = parsed.at("row");
    const std::string kind = parsed.at("kind");
    const auto version = row.find("version");
    if (version == row.end()) {
        return;
    }
    std::string key;
    if (kind == "user" || kind == "profile" || kind == "cohort") {
        key = row.at("uuid");
    } else if (kind == "member" && row.at("member").is_string()) {
        key = row.at("parent").get<std::string>() + '/' + row.at("member").get<std::string>();
    } else {
        return;
    }
    Offset& offset = offsets_.try_emplace(key, *version).first->second;
    offset = std::max<Offset>(offset, *version);
}

std::vector<Decision> SavedDecisions::decisions(const std::string& source,
                                                const consumer::merge::ObjectLookup& lookup) const {
    std::vector<Decision> decisions;
    for (std::size_t begin = 0; begin < objects_.size(); begin += asked_at_once) {
        const std::vector<PlannedObject> some(
            objects_.begin() + static_cast<std::ptrdiff_t>(begin),
            objects_.begin() + static_cast<std::ptrdiff_t>(std::min(begin + asked_at_once, objects_.size())));
        std::vector<consumer::merge::RecordOfObject> records = lookup.records(source, some);
        for (std::size_t i = 0; i < some.size(); ++i) {
            Decision decision{.object = some[i], .version = records.at(i).version};
            decision.object.reason = records[i].reason;
            const bool follows_role_object =
                decision.object.entity == "role_assignment" || decision.object.entity == "enrolment";
            if (follows_role_object) {
                decision.object.parent = records[i].parent;
            }
            const std::string& parent = some[i].parent;
            const auto known = offsets_.find(parent.empty() ? some[i].uuid : parent + '/' + some[i].uuid);
            if (known != offsets_.end() && !follows_role_object) {
                decision.version = known->second;
            }
            decisions.push_back(std::move(decision));
        }
    }
    std::stable_sort(decisions.begin(), decisions.end(), [](const Decision& one, const Decision& other) {
        return one.version && (!other.version || *one.version < *other.version);
    });
    return decisions;
}

}  // namespace entstream::replay
