#include "consumer/app/waiting.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace entstream::consumer::app {

using merge::Action;
using merge::Entity;

void Waiting::done(const merge::Counts& counts) {
    spared_ += counts(Entity::user, Action::spared);
}

void Waiting::swept(const std::string& source, const merge::SweepSummary& summary) {
    sources_[source] = summary;
}

void Waiting::report() {
    if (now_() < next_) {
        return;
    }
    next_ = now_() + interval;
    merge::SweepSummary all;
    for (const auto& [source, summary] : sources_) {
        all.parked_users += summary.parked_users;
        all.parked_cohorts += summary.parked_cohorts;
        all.misplaced_cohorts += summary.misplaced_cohorts;
        all.unresolved_roles += summary.unresolved_roles;
        all.role_candidates += summary.role_candidates;
        all.unmapped += summary.unmapped;
        all.refused += summary.refused;
        all.held += summary.held;
        all.profile_values += summary.profile_values;
        all.gone += summary.gone;
    }
    std::string line;
    const auto append = [&line](std::int64_t count, const char* what) {
        if (count > 0) {
            line += fmt::format("{}{} {}", line.empty() ? "" : ", ", count, what);
        }
    };
    append(all.parked_users, "users parked");
    append(all.parked_cohorts, "cohorts parked");
    append(all.misplaced_cohorts, "cohorts without their course category in Moodle");
    append(all.unresolved_roles, "role objects without a place in Moodle");
    append(all.role_candidates, "role assignments to be adopted");
    append(all.unmapped, "entries unmapped");
    append(all.refused, "records refused");
    append(all.held, "removals held");
    append(all.profile_values, "values of profile fields not taken");
    append(all.gone, "accounts and cohorts gone in Moodle");
    append(std::exchange(spared_, 0), "accounts spared in the past hour");
    if (!line.empty()) {
        spdlog::info("waiting: {} (docs/moodle_tables_of_entstream.md)", line);
    }
}

}  // namespace entstream::consumer::app
