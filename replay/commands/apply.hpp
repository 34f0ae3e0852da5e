#pragma once

#include "replay/command.hpp"

namespace entstream::replay::commands {

/// `apply`: carries out a plan that a simulation has saved (docs/replay.md).
Command apply();

}  // namespace entstream::replay::commands
