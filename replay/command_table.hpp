#pragma once

#include <vector>

#include "replay/command.hpp"

namespace entstream::replay {

/// All commands, in the order in which --help and the manual show them.
const std::vector<Command>& command_table();

}  // namespace entstream::replay
