#pragma once

#include "replay/command.hpp"

namespace entstream::replay::commands {

/// `sync`: brings entities of a Moodle to what the log says, or shows what that would do (docs/replay.md).
Command sync();

}  // namespace entstream::replay::commands
