#include "replay/commands/pause.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <ostream>
#include <string>

#include "consumer/merge/pauses.hpp"

namespace entstream::replay::commands {

using runtime::ExitCode;

namespace {

struct PauseOptions {
    std::string source;
    std::string why;
};

std::string name_of_operator() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    const char* const user = std::getenv("USER");
    return fmt::format("{}@{}", user == nullptr ? std::to_string(getuid()) : std::string(user), host.data());
}

/// "all sources", or one that the configuration has. \throws runtime::ProgramError  usage
std::string words_for_source(const std::string& source, const consumer::ConsumerConfig& config) {
    if (source.empty()) {
        return "all sources";
    }
    if (std::find(config.sources.begin(), config.sources.end(), source) == config.sources.end()) {
        throw runtime::ProgramError(ExitCode::usage, fmt::format("the configuration has no source '{}'; it has {}",
                                                                 source, fmt::join(config.sources, ", ")));
    }
    return "source " + source;
}

void add_source_argument(CLI::App& command, PauseOptions& options) {
    command.add_option("source", options.source, "Only this source; all of the target unless given")
        ->type_name("SOURCE");
}

Described describe_pause(CLI::App& command) {
    const auto options = std::make_shared<PauseOptions>();
    add_source_argument(command, *options);
    command.add_option("--why", options->why, "What others shall read in status and in the log")->type_name("TEXT");
    return {.run = [options](const Context& context) {
        const std::string what = words_for_source(options->source, context.config);
        const bool is_new = consumer::merge::pause(
            context.config, {.source = options->source, .since = {}, .by = name_of_operator(), .why = options->why});
        fmt::print(context.out, "{}: {}\n", what,
                   is_new ? "paused; a running entstream-consumer sees it within a second" : "was paused already");
        return ExitCode::ok;
    }};
}

Described describe_resume(CLI::App& command) {
    const auto options = std::make_shared<PauseOptions>();
    add_source_argument(command, *options);
    return {.run = [options](const Context& context) {
        const std::string what = words_for_source(options->source, context.config);
        const bool was_paused = consumer::merge::resume(context.config, options->source);
        fmt::print(context.out, "{}: {}\n", what,
                   was_paused ? "resumed" : "not paused (what was paused by name is resumed by name)");
        return was_paused ? ExitCode::ok : ExitCode::refused;
    }};
}

}  // namespace

Command pause() {
    return {.name = "pause",
            .summary = "Apply nothing more to this Moodle, of one source or at all, until resume",
            .examples = {{"--why 'restoring the database'", "nothing is applied any more"},
                         {"rennes", "nothing of the source rennes"}},
            .describe = describe_pause};
}

Command resume() {
    return {.name = "resume",
            .summary = "Let a paused source, or all, go on from where it stands",
            .examples = {{"", "ends a pause of all sources"}, {"rennes", "ends that of the source rennes"}},
            .describe = describe_resume};
}

}  // namespace entstream::replay::commands
