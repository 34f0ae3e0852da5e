#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
}

/// What can be made of a command line's description, from which its options are read too.
namespace entstream::runtime {

/// A manual page of section 1, as troff's macros of man(7) have it: every option and command, with examples.
/// \param name  of the program
std::string man_page(const CLI::App& app, const std::string& name);

/// A script that completes the program's command line in bash: commands, options, their words, and names of files.
std::string bash_completion(const CLI::App& app, const std::string& name);

}  // namespace entstream::runtime
