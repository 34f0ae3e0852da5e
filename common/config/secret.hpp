#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/config/node.hpp"
#include "common/config/reading.hpp"

namespace entstream::config {

/// What is added to a secret's key when its value is not the secret but says where that is.
inline constexpr std::string_view file_suffix = "_file";
inline constexpr std::string_view variable_suffix = "_env";

/// The secret in the file that `path` names (relative to the configuration file's folder), without the line break at
/// its end; nullopt, and reported, when there is none.
std::optional<Node> secret_from_file(const Node& path, const std::string& key, Reading& reading);

/// The secret in the environment variable that `variable` names; nullopt, and reported, when there is none.
std::optional<Node> secret_from_variable(const Node& variable, const std::string& key, Reading& reading);

/// Warns when a secret stands in a configuration file that every user of the machine may read.
void warn_of_open_file(const Node& secret, const std::string& key, Reading& reading);

}  // namespace entstream::config
