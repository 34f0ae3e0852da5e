#include "replay/command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "replay/command_table.hpp"

namespace entstream::replay {

namespace {

std::string footer_of(const Command& command) {
    std::string text;
    for (const Example& example : command.examples) {
        text += fmt::format("{}  {} --config consumer.toml {}{}{}\n      {}\n", text.empty() ? "Examples:\n" : "",
                            program_name, command.name, example.arguments.empty() ? "" : " ", example.arguments,
                            example.what_for);
    }
    return text;
}

}  // namespace

const Described* DescribedCommands::chosen() const {
    const auto found =
        std::find_if(all_.begin(), all_.end(), [](const Described& one) { return one.command->parsed(); });
    return found == all_.end() ? nullptr : &*found;
}

std::string DescribedCommands::names() const {
    std::string names;
    for (const Described& one : all_) {
        names += (names.empty() ? "" : ", ") + one.command->get_name();
    }
    return names;
}

DescribedCommands describe(CLI::App& command_line) {
    // --config may stand before or behind the command.
    command_line.fallthrough();
    command_line.require_subcommand(0, 1);
    DescribedCommands described;
    for (const Command& command : command_table()) {
        CLI::App* const subcommand = command_line.add_subcommand(command.name, command.summary);
        subcommand->footer(footer_of(command));
        Described one = command.describe(*subcommand);
        one.command = subcommand;
        described.add(std::move(one));
    }
    return described;
}

}  // namespace entstream::replay
