#include "replay/commands/sync.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "consumer/app/planning.hpp"
#include "replay/objects_output.hpp"

namespace entstream::replay::commands {

using consumer::merge::PlannedObject;
using consumer::merge::PlanTotal;
using runtime::ExitCode;

namespace {

/// What can be named, in the order in which they are done, and the entities of a plan that belong to each.
struct Entity {
    const char* name;
    std::vector<std::string> of_plan;
};

const std::vector<Entity>& entities() {
    static const std::vector<Entity> all = {
        {"users", {"user"}}, {"cohorts", {"cohort", "member"}}, {"roles", {"role", "role_assignment"}}};
    return all;
}

std::vector<std::string> entity_names() {
    std::vector<std::string> names;
    for (const Entity& entity : entities()) {
        names.emplace_back(entity.name);
    }
    return names;
}

struct Options {
    std::vector<std::string> entities;
    bool simulate = false;
    bool json = false;
};

void check(const Options& options) {
    if (options.entities.empty()) {
        throw runtime::ProgramError(ExitCode::usage, "sync: say what: users, cohorts, roles, or several of them");
    }
    if (!options.simulate) {
        throw runtime::ProgramError(ExitCode::usage, "sync: only --simulate is there yet");
    }
}

ExitCode simulate(const Options& options, const Context& context) {
    std::set<std::string> chosen;
    for (const Entity& entity : entities()) {
        if (std::find(options.entities.begin(), options.entities.end(), entity.name) != options.entities.end()) {
            chosen.insert(entity.of_plan.begin(), entity.of_plan.end());
        }
    }
    ObjectsOutput output(context.out, format_of(options.json));
    consumer::app::LogsPlan plan = consumer::app::plan_logs(context.config, context.stop,
                                                            [&](const PlannedObject& object) {
                                                                if (chosen.contains(object.entity)) {
                                                                    output.add({}, object);
                                                                }
                                                            },
                                                            {});
    if (plan.stopped) {
        return ExitCode::temporary;
    }
    std::erase_if(plan.totals, [&](const PlanTotal& total) { return !chosen.contains(total.entity); });
    output.totals(plan.totals);
    const bool differs = std::any_of(plan.totals.begin(), plan.totals.end(),
                                     [](const PlanTotal& total) { return is_difference(total.action); });
    return differs ? ExitCode::differences : ExitCode::ok;
}

Described describe_sync(CLI::App& command) {
    const auto options = std::make_shared<Options>();
    command.add_option("entities", options->entities, "What to look at")
        ->type_name("users|cohorts|roles")
        ->check(CLI::IsMember(entity_names()));
    command.add_flag("--simulate", options->simulate, "Show what would be done; write nothing anywhere");
    command.add_flag("--json", options->json, "One JSON object a line");
    return {.run = [options](const Context& context) { return simulate(*options, context); },
            .check = [options] { check(*options); }};
}

}  // namespace

Command sync() {
    return {.name = "sync",
            .summary = "Bring users, cohorts and role assignments of Moodle to what the directory says",
            .examples = {{"users cohorts roles --simulate", "what would be done to this Moodle, object by object"}},
            .describe = describe_sync};
}

}  // namespace entstream::replay::commands
