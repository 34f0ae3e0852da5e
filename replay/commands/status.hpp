#pragma once

#include "replay/command.hpp"

namespace entstream::replay::commands {

/// `status`: who serves the Moodle, how far each source is behind its log and its directory, and what waits
/// (docs/operating.md).
Command status();

}  // namespace entstream::replay::commands
