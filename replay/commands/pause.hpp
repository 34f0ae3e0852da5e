#pragma once

#include "replay/command.hpp"

namespace entstream::replay::commands {

/// `pause`: nothing more is applied, of one source or at all, until `resume` (docs/operating.md).
Command pause();
Command resume();

}  // namespace entstream::replay::commands
