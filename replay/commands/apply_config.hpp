#pragma once

#include "replay/command.hpp"

namespace entstream::replay::commands {

/// `apply-config`: prepares that a changed mapping is applied to what is in Moodle already (docs/rebuild.md).
Command apply_config();

}  // namespace entstream::replay::commands
