#pragma once

#include <span>
#include <string_view>

#include "common/model/embedded_text.hpp"

namespace entstream::consumer::map {

/// The mapping for the SDET schema (consumer/map/sdet.toml), which holds for every section that the configuration file
/// does not have. As TOML: `entstream-consumer --print-mapping` prints it.
std::string_view default_mapping_toml();

/// sdet.toml, built into the program by CMake.
std::span<const EmbeddedText> default_mapping_files();

}  // namespace entstream::consumer::map
