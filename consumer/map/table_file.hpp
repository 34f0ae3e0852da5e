#pragma once

#include <map>
#include <string>

#include "common/config/node.hpp"
#include "common/config/reading.hpp"

namespace entstream::consumer::map {

/// Reads a transcoding table from the file that `node` names, relative to the folder of the configuration file: two
/// columns (text, and what becomes of it) with , or ; between, fields in double quotes where needed (RFC 4180), UTF-8.
/// There is no line of headings. Reports under `key` what is wrong, with the file and its line; what it gives is then
/// of no use.
std::map<std::string, std::string> read_table_file(const config::Node& node, const std::string& key,
                                                   config::Reading& reading);

}  // namespace entstream::consumer::map
