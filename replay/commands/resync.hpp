#pragma once

#include "replay/command.hpp"

namespace entstream::replay::commands {

/// `resync`: applies the logs once more from their start, and ends what they do not name (docs/replay.md).
Command resync();

}  // namespace entstream::replay::commands
