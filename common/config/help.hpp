#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/config/schema.hpp"

/// What a program says about its configuration file, made from the same table that reads it.
namespace entstream::config {

enum class HelpFormat {
    text,         ///< a sample file: every key with its meaning and default, commented out where it has one
    markdown,     ///< a part of docs/configuration.md
    json_schema,  ///< schemas/config/, for editors
};

/// The value of --help-config; nullopt when there is no such format. Empty stands for text.
std::optional<HelpFormat> help_format_of(std::string_view name);

/// \param title what stands above: the program's name
/// \param introduction a few sentences, ended by a line break
std::string help(const Schema& schema, HelpFormat format, std::string_view title, std::string_view introduction);

/// The rules that hold for every program's file, in Markdown: overriding, secrets, durations.
std::string_view common_rules();

}  // namespace entstream::config
