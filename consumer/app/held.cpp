#include "consumer/app/held.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <ostream>
#include <string_view>

#include "consumer/app/beside.hpp"
#include "consumer/app/planning.hpp"
#include "consumer/app/progress.hpp"
#include "consumer/merge/target.hpp"

namespace entstream::consumer::app {

using merge::Entity;
using merge::HeldChoice;
using merge::HeldRemoval;
using runtime::ExitCode;

namespace {

constexpr std::string_view all_held = "held";
constexpr std::string_view held_entity = "held=";

std::optional<Entity> entity_of(std::string_view value) {
    if (!value.starts_with(held_entity)) {
        return std::nullopt;
    }
    value.remove_prefix(held_entity.size());
    for (const Entity entity : {Entity::user, Entity::cohort, Entity::member, Entity::role_assignment}) {
        if (value == merge::to_text(entity)) {
            return entity;
        }
    }
    return std::nullopt;
}

/// \pre check_held_choice() finds nothing wrong
HeldChoice choice_of(const std::vector<std::string>& values) {
    HeldChoice choice;
    for (const std::string& value : values) {
        if (value == all_held) {
            return {};
        }
        if (const auto entity = entity_of(value)) {
            choice.entities.push_back(*entity);
        } else if (const auto uuid = Uuid::from_text(value)) {
            choice.objects.push_back(*uuid);
        }
    }
    return choice;
}

/// Where a removal would take something away: "2A" (a cohort), "teacher in course MATHS".
std::string place_of(const HeldRemoval& removal) {
    if (!removal.place.empty()) {
        return removal.place;
    }
    return removal.cohort_id > 0 ? removal.cohort : removal.parent;
}

nlohmann::json to_json(const std::string& source, const HeldRemoval& removal) {
    nlohmann::json line = {{"source", source},
                           {"entity", removal.entity},
                           {"uuid", removal.uuid},
                           {"version", removal.version},
                           {"held_since", removal.since}};
    const auto add = [&line](const char* key, const auto& value) {
        if (value != std::decay_t<decltype(value)>{}) {
            line[key] = value;
        }
    };
    add("parent", removal.parent);
    add("user_id", removal.user_id);
    add("username", removal.username);
    add("name", removal.name);
    add("cohort_id", removal.cohort_id);
    add("cohort", removal.cohort);
    add("role_id", removal.role_id);
    add("role", removal.role);
    add("place", removal.place);
    add("context_id", removal.context_id);
    add("contextlevel", removal.level);
    add("instance", removal.instance);
    add("generation", removal.generation);
    add("cause", removal.cause);
    return line;
}

/// \param decide  decides what is chosen of one source \returns how many removals it was about
ExitCode for_each_source(const ConsumerConfig& config, const HeldChoice& choice,
                         const std::function<std::int64_t(const std::string&)>& decide, std::ostream& out) {
    std::int64_t decided = 0;
    for (const std::string& source : config.sources) {
        decided += decide(source);
    }
    if (decided == 0) {
        fmt::print(out, "nothing of this is held\n");
        return choice.objects.empty() ? ExitCode::ok : ExitCode::refused;
    }
    return ExitCode::ok;
}

}  // namespace

std::string check_held_choice(const std::string& value) {
    if (value == all_held || entity_of(value) || Uuid::from_text(value)) {
        return {};
    }
    return "'" + value +
           "' is neither held, held=user, held=cohort, held=member, held=role_assignment nor the UUID of a person or "
           "group (the list of what is held names them)";
}

ExitCode print_held(const ConsumerConfig& config, bool json, std::ostream& out) {
    merge::MoodleTarget target(config);
    work_beside(target, nullptr, [] {});
    std::int64_t removals = 0;
    for (const std::string& source : config.sources) {
        target.held(source, [&](const HeldRemoval& removal) {
            if (json) {
                fmt::print(out, "{}\n", to_json(source, removal).dump());
                return;
            }
            constexpr const char* line = "{:<20}  {:<12}  {:<15}  {:<36}  {:<24}  {:<13}  {}\n";
            if (removals++ == 0) {
                fmt::print(out, line, "HELD SINCE (UTC)", "SOURCE", "REMOVAL OF", "UUID", "WHO", "CAUSE", "FROM");
            }
            fmt::print(out, line, removal.since, source, removal.entity, removal.uuid,
                       removal.username.empty() ? removal.cohort : removal.username, removal.cause, place_of(removal));
        });
    }
    if (!json) {
        const std::string last_line =
            removals == 0 ? "nothing is held" : fmt::format("\n{} removals are held", removals);
        fmt::print(out, "{}\n", last_line);
    }
    return ExitCode::ok;
}

ExitCode approve_held(const ConsumerConfig& config, const std::vector<std::string>& values,
                      const runtime::StopSignal& stop, std::ostream& out) {
    const HeldChoice choice = choice_of(values);
    merge::MoodleTarget target(config);
    std::int64_t refused = 0;
    const auto approve = [&](const std::string& source) {
        merge::HeldDecision decision;
        work_beside(target, &stop, [&] { target.approve(source, choice, decision); });
        if (decision.removals > 0) {
            const std::string done = to_text(decision.counts);
            fmt::print(out, "source {}: {} held removals approved: {}\n", source, decision.removals,
                       done.empty() ? "nothing was left to do" : done);
        }
        if (decision.refused > 0) {
            fmt::print(out, "source {}: {} removals are still held, because the database refuses them\n", source,
                       decision.refused);
        }
        refused += decision.refused;
        return decision.removals + decision.refused;
    };
    const ExitCode code = for_each_source(config, choice, approve, out);
    return refused > 0 ? ExitCode::refused : code;
}

ExitCode approve(const ConsumerConfig& config, const std::vector<std::string>& values, const runtime::StopSignal& stop,
                 std::ostream& out) {
    std::vector<std::string> planned;
    std::vector<std::string> held;
    for (const std::string& value : values) {
        (is_plan_choice(value) ? planned : held).push_back(value);
    }
    const ExitCode of_planned = planned.empty() ? ExitCode::ok : approve_planned(config, planned, out);
    const ExitCode of_held = held.empty() ? ExitCode::ok : approve_held(config, held, stop, out);
    return of_planned == ExitCode::ok ? of_held : of_planned;
}

ExitCode reject_held(const ConsumerConfig& config, const std::vector<std::string>& values,
                     const runtime::StopSignal& stop, std::ostream& out) {
    const HeldChoice choice = choice_of(values);
    merge::MoodleTarget target(config);
    const auto reject = [&](const std::string& source) {
        std::int64_t rejected = 0;
        work_beside(target, &stop, [&] { rejected = target.reject(source, choice); });
        if (rejected > 0) {
            fmt::print(out, "source {}: {} held removals rejected: their objects stay until they change again\n",
                       source, rejected);
        }
        return rejected;
    };
    return for_each_source(config, choice, reject, out);
}

}  // namespace entstream::consumer::app
