#pragma once

#include "replay/command.hpp"

namespace entstream::replay::commands {

/// `check`: configuration and servers, each finding with its remedy (docs/operating.md).
Command check();

}  // namespace entstream::replay::commands
