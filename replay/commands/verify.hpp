#pragma once

#include "replay/command.hpp"

namespace entstream::replay::commands {

/// `verify`: directory, log and Moodle side by side.
Command verify();

}  // namespace entstream::replay::commands
