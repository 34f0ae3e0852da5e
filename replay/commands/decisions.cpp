#include "replay/commands/decisions.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

#include "consumer/app/explain.hpp"
#include "consumer/app/held.hpp"
#include "consumer/app/planning.hpp"

namespace entstream::replay::commands {

namespace {

/// A command with --json and nothing else.
std::function<Described(CLI::App&)> with_json(
    const std::function<runtime::ExitCode(const Context&, bool json)>& print) {
    return [print](CLI::App& command) {
        const auto json = std::make_shared<bool>(false);
        command.add_flag("--json", *json, "One JSON object a line");
        return Described{.run = [print, json](const Context& context) { return print(context, *json); }};
    };
}

/// A command that takes what is decided.
std::function<Described(CLI::App&)> with_values(
    const std::string& meaning, const std::string& type,
    const std::function<std::string(const std::string&)>& wrong_with,
    const std::function<runtime::ExitCode(const Context&, const std::vector<std::string>&)>& decide) {
    return [=](CLI::App& command) {
        const auto values = std::make_shared<std::vector<std::string>>();
        command.add_option("values", *values, meaning)->type_name(type)->required()->check(wrong_with);
        return Described{.run = [decide, values](const Context& context) { return decide(context, *values); }};
    };
}

constexpr const char* held_values = "held|held=user|held=cohort|held=member|held=role_assignment|UUID";

}  // namespace

Command plan() {
    return {.name = "plan",
            .summary = "Show in numbers what the logs would do to this Moodle from where it stands; write nothing",
            .examples = {{"", "totals by entity and action, with the reasons of what would wait"},
                         {"--json", "each object, a line each; has personal data"}},
            .describe = with_json([](const Context& context, bool json) {
                return consumer::app::print_plan(context.config, json, context.stop, context.out);
            })};
}

Command explain() {
    return {
        .name = "explain",
        .summary = "Show where what Moodle has of a person, group or role object comes from, and what waits and why",
        .examples = {{"edupont", "a person, by username; a UUID or a DN will do too. Has personal data"}},
        .describe = [](CLI::App& command) {
            const auto whom = std::make_shared<std::string>();
            command.add_option("entry", *whom, "Whom or what")->type_name("UUID|USERNAME|DN")->required();
            return Described{.run = [whom](const Context& context) {
                return consumer::app::explain(context.config, *whom, context.out);
            }};
        }};
}

Command held() {
    return {.name = "held",
            .summary = "Show the removals that the guard holds until somebody decides",
            .examples = {{"", "who and what, as a table; has personal data"}, {"--json", "one JSON object a line"}},
            .describe = with_json([](const Context& context, bool json) {
                return consumer::app::print_held(context.config, json, context.out);
            })};
}

Command approve() {
    return {.name = "approve",
            .summary = "Let go on what waits: a first start, adoptions, or removals that the guard holds",
            .examples = {{"held", "all removals that are held and still wanted"},
                         {"held=member", "those of cohort members only"},
                         {"start", "the first start on a Moodle that has people"},
                         {"adopt", "accounts that [users.adopt] proposes; adopt=UUID: one of them"}},
            .describe = with_values(
                "What: start, adopt, adopt=UUID, or what the guard holds", std::string("start|adopt|") + held_values,
                [](const std::string& value) {
                    return consumer::app::is_plan_choice(value) ? std::string()
                                                                : consumer::app::check_held_choice(value);
                },
                [](const Context& context, const std::vector<std::string>& values) {
                    return consumer::app::approve(context.config, values, context.stop, context.out);
                })};
}

Command reject() {
    return {.name = "reject",
            .summary = "Do not do what the guard holds: the objects stay until their entries change again",
            .examples = {{"held=user", "no account whose suspension is held is suspended"}},
            .describe = with_values("Which held removals", held_values, consumer::app::check_held_choice,
                                    [](const Context& context, const std::vector<std::string>& values) {
                                        return consumer::app::reject_held(context.config, values, context.stop,
                                                                          context.out);
                                    })};
}

}  // namespace entstream::replay::commands
