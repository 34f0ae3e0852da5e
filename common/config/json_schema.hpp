#pragma once

#include <string>
#include <string_view>

#include "common/config/schema.hpp"

namespace entstream::config {

/// The keys of a configuration file as a JSON Schema (draft 7), by which editors complete and check a TOML file. Keys
/// at the top and in sections are not required, since the environment may give them; those of [[tables]] are. \param
/// title what it describes: the program's name \returns JSON, indented, ended by a line break
std::string json_schema(const Schema& schema, std::string_view title);

}  // namespace entstream::config
