#pragma once

#include <string_view>

namespace entstream::consumer::map {

/// The mapping for the SDET schema (consumer/map/sdet.toml), which holds for every section that the configuration file
/// does not have. As TOML: `entstream-consumer --print-mapping` prints it.
std::string_view default_mapping_toml();

}  // namespace entstream::consumer::map
