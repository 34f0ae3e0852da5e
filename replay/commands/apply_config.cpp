#include "replay/commands/apply_config.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "consumer/merge/rebuild.hpp"
#include "replay/confirm.hpp"

namespace entstream::replay::commands {

using runtime::ExitCode;

namespace {

struct ApplyConfigOptions {
    std::vector<std::string> again;
    bool yes = false;
};

/// \throws runtime::ProgramError  usage: the configuration has no such source
std::vector<std::string> sources_to_rebuild(const ApplyConfigOptions& options,
                                            const consumer::merge::ConfigChanges& changes,
                                            const consumer::ConsumerConfig& config) {
    std::vector<std::string> sources = changes.remapped;
    for (const std::string& source : options.again) {
        if (std::find(config.sources.begin(), config.sources.end(), source) == config.sources.end()) {
            throw runtime::ProgramError(ExitCode::usage, fmt::format("the configuration has no source '{}'; it has {}",
                                                                     source, fmt::join(config.sources, ", ")));
        }
        if (std::find(sources.begin(), sources.end(), source) == sources.end()) {
            sources.push_back(source);
        }
    }
    return sources;
}

ExitCode prepare_rebuild(const ApplyConfigOptions& options, const Context& context) {
    const consumer::merge::ConfigChanges changes = consumer::merge::config_changes(context.config);
    for (const std::string& obstacle : changes.obstacles) {
        fmt::print(context.out, "{}\n", obstacle);
    }
    if (!changes.obstacles.empty()) {
        return ExitCode::config;
    }
    const std::vector<std::string> sources = sources_to_rebuild(options, changes, context.config);
    if (sources.empty()) {
        fmt::print(context.out, "the mapping is the one that this Moodle was filled with: there is nothing to apply\n");
        return ExitCode::ok;
    }
    if (!changes.served_by.empty()) {
        fmt::print(context.out, "{} serves this Moodle with its former configuration: stop entstream-consumer first\n",
                   changes.served_by);
        return ExitCode::refused;
    }
    confirm(fmt::format("make entstream-consumer read the logs of {} again from their start, with this mapping",
                        fmt::join(sources, ", ")),
            options.yes);
    for (const std::string& source : sources) {
        consumer::merge::begin_rebuild(context.config, source);
        fmt::print(context.out, "source {}: will be read again from its start\n", source);
    }
    fmt::print(context.out, "start entstream-consumer with this configuration now\n");
    return ExitCode::ok;
}

Described describe_apply_config(CLI::App& command) {
    const auto options = std::make_shared<ApplyConfigOptions>();
    command
        .add_option("--again", options->again,
                    "Also this source, though its mapping has not changed: its log was made anew, for example")
        ->type_name("SOURCE");
    command.add_flag("--yes", options->yes, "Do not ask");
    return {.run = [options](const Context& context) { return prepare_rebuild(*options, context); }};
}

}  // namespace

Command apply_config() {
    return {.name = "apply-config",
            .summary = "Let a changed mapping be applied to all that is in Moodle: the consumer's next start rebuilds",
            .examples = {{"--yes", "after the mapping was changed and entstream-consumer was stopped"},
                         {"--again rennes", "after the log of rennes was made anew"}},
            .describe = describe_apply_config};
}

}  // namespace entstream::replay::commands
