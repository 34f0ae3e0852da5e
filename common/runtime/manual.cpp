#include "common/runtime/manual.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

namespace entstream::runtime {

namespace {

/// The same in docs/exit_codes.md, with what helps.
constexpr std::array<std::pair<int, const char*>, 13> exit_statuses = {{
    {0, "told to stop and done, or the task is done"},
    {1, "refused: a question was answered with no, or something is not as it should be"},
    {2, "wrong command line"},
    {10, "a simulation or comparison found differences"},
    {11, "done, but for removals that the guard holds"},
    {12, "not done: the log does not have the whole directory yet"},
    {65, "the log or the target is not what it was"},
    {66, "there is no such entry"},
    {69, "a server did not answer"},
    {70, "a fault of entstream"},
    {75, "another process has taken over; or told to stop before the end"},
    {77, "a server refuses the password, certificate or rights"},
    {78, "configuration, or a setting of a server that entstream demands"},
}};

/// A text for troff: nothing of it is a command.
std::string troff(std::string_view text) {
    std::string escaped;
    bool begins_line = true;
    for (const char c : text) {
        if (begins_line && (c == '.' || c == '\'')) {
            escaped += "\\&";
        }
        begins_line = c == '\n';
        if (c == '\\') {
            escaped += "\\e";
        } else if (c == '-') {
            escaped += "\\-";
        } else {
            escaped += c;
        }
    }
    return escaped;
}

/// What stands for an option's value: "FILE"; without what CLI11 adds of its checks. Empty: it takes none.
std::string value_of(const CLI::Option& option) {
    if (option.get_items_expected_max() == 0) {
        return {};
    }
    const std::string type = option.get_type_name();
    return type.substr(0, std::min(type.find(':'), type.find('=')));
}

/// The words that a value can be: those between bars.
std::vector<std::string> choices_of(const CLI::Option& option) {
    std::vector<std::string> words;
    std::istringstream values(value_of(option));
    for (std::string word; std::getline(values, word, '|');) {
        const bool is_literal = !word.empty() && std::none_of(word.begin(), word.end(), [](unsigned char c) {
            return std::isupper(c) != 0 || c == '(' || c == '[';
        });
        if (is_literal) {
            words.push_back(word);
        }
    }
    return words.size() > 1 ? words : std::vector<std::string>();
}

/// "-h", "--help"
std::vector<std::string> names_of(const CLI::Option& option) {
    std::vector<std::string> names;
    for (const std::string& name : option.get_snames()) {
        names.push_back("-" + name);
    }
    for (const std::string& name : option.get_lnames()) {
        names.push_back("--" + name);
    }
    return names;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App* command) { return !command->get_name().empty(); });
}

std::string synopsis(const CLI::App& app, const std::string& name) {
    std::string text = ".B " + troff(name) + "\n";
    for (const CLI::Option* option : app.get_options()) {
        const std::string value = value_of(*option);
        if (!option->nonpositional()) {
            const std::string words = "\\fI" + troff(value.empty() ? option->get_name() : value) + "\\fR";
            text += (option->get_required() ? words : "[" + words + "]") + "\n";
        } else {
            text += "[\\fB" + troff(names_of(*option).back()) + "\\fR" +
                    (value.empty() ? "" : " \\fI" + troff(value) + "\\fR") + "]\n";
        }
    }
    return text;
}

std::string options_text(const CLI::App& app) {
    std::string text;
    for (const CLI::Option* option : app.get_options()) {
        const std::string value = value_of(*option);
        std::string names;
        if (option->nonpositional()) {
            for (const std::string& name : names_of(*option)) {
                names += (names.empty() ? "\\fB" : ", \\fB") + troff(name) + "\\fR";
            }
            names += value.empty() ? "" : " \\fI" + troff(value) + "\\fR";
        } else {
            names = "\\fI" + troff(value.empty() ? option->get_name() : value) + "\\fR";
        }
        text += ".TP\n" + names + "\n" + troff(option->get_description());
        if (!option->get_default_str().empty()) {
            text += " (default: " + troff(option->get_default_str()) + ")";
        }
        text += "\n";
    }
    return text;
}

void add_commands(const CLI::App& app, const std::string& name, std::string& text) {
    for (const CLI::App* command : commands_of(app)) {
        const std::string full_name = name + ' ' + command->get_name();
        text += ".SS " + troff(full_name) + "\n" + troff(command->get_description()) + ".\n.PP\n" +
                synopsis(*command, full_name) + options_text(*command);
        if (!command->get_footer().empty()) {
            text += ".PP\n.nf\n" + troff(command->get_footer()) + "\n.fi\n";
        }
        add_commands(*command, full_name, text);
    }
}

/// One `case` of the completion: the place on the command line, and what can stand there.
std::string words_at(const CLI::App& app) {
    std::vector<std::string> words;
    for (const CLI::Option* option : app.get_options()) {
        const std::vector<std::string> more = option->nonpositional() ? names_of(*option) : choices_of(*option);
        words.insert(words.end(), more.begin(), more.end());
    }
    for (const CLI::App* command : commands_of(app)) {
        words.push_back(command->get_name());
    }
    return fmt::format("{}", fmt::join(words, " "));
}

/// Three lists of cases: words that lead to a command, options that want a value, and what can stand in a place.
struct CompletionCases {
    std::string places;
    std::string values;
    std::string words;
};

void add_cases(const CLI::App& app, const std::string& place, CompletionCases& cases) {
    for (const CLI::Option* option : app.get_options()) {
        const std::string value = value_of(*option);
        if (!option->nonpositional() || value.empty() || option->get_items_expected_min() == 0) {
            continue;
        }
        const std::string action = value == "FILE"
                                       ? R"(mapfile -t COMPREPLY < <(compgen -f -- "$cur"))"
                                       : fmt::format(R"(mapfile -t COMPREPLY < <(compgen -W "{}" -- "$cur"))",
                                                     fmt::join(choices_of(*option), " "));
        for (const std::string& name : names_of(*option)) {
            // The program's own options can stand behind a command too.
            cases.values += fmt::format("    {}'{}')\n      {}\n      return\n      ;;\n",
                                        place.empty() ? "*" : "'" + place + "'", "|" + name, action);
        }
    }
    cases.words += fmt::format("    '{}') words='{}' ;;\n", place, words_at(app));
    for (const CLI::App* command : commands_of(app)) {
        const std::string deeper = place.empty() ? command->get_name() : place + ' ' + command->get_name();
        cases.places += fmt::format("      '{}|{}') place='{}' ;;\n", place, command->get_name(), deeper);
        add_cases(*command, deeper, cases);
    }
}

}  // namespace

std::string man_page(const CLI::App& app, const std::string& name) {
    std::string summary = app.get_description();
    if (!summary.empty() && summary.back() == '.') {
        summary.pop_back();
    }
    std::string text = fmt::format(".TH {} 1 \"\" \"entstream {}\" \"entstream\"\n.SH NAME\n{} \\- {}\n.SH SYNOPSIS\n",
                                   troff(name), ENTSTREAM_VERSION, troff(name), troff(summary));
    text += synopsis(app, name);
    const bool has_commands = !commands_of(app).empty();
    if (has_commands) {
        text += "\\fICOMMAND\\fR ...\n";
    }
    text += ".SH OPTIONS\n" + options_text(app);
    if (has_commands) {
        text += ".SH COMMANDS\n";
        add_commands(app, name, text);
    }
    text += ".SH EXIT STATUS\n";
    for (const auto& [status, meaning] : exit_statuses) {
        text += fmt::format(".TP\n{}\n{}\n", status, troff(meaning));
    }
    text +=
        ".SH ENVIRONMENT\nEvery key of the configuration file can be set by a variable, which then counts;\n"
        ".B \\-\\-help\\-config\nnames them.\n";
    const std::array<const char*, 3> programs = {"entstream-producer", "entstream-consumer", "entstream-replay"};
    text += ".SH SEE ALSO\n";
    for (const char* program : programs) {
        if (name != program) {
            text += ".BR " + troff(program) + " (1)\n";
        }
    }
    return text;
}

std::string bash_completion(const CLI::App& app, const std::string& name) {
    CompletionCases cases;
    add_cases(app, "", cases);
    std::string function = "_" + name;
    std::replace(function.begin(), function.end(), '-', '_');
    return fmt::format(
        R"(# bash completion for {0}, made by {0} --completion=bash
{1}() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}} place='' words='' word
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$place|$word" in
{2}      *) ;;
    esac
  done
  case "$place|$prev" in
{3}    *) ;;
  esac
  case $place in
{4}    *) ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}}
complete -o filenames -F {1} {0}
)",
        name, function, cases.places, cases.values, cases.words);
}

}  // namespace entstream::runtime
