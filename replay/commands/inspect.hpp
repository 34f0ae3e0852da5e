#pragma once

#include "replay/command.hpp"

namespace entstream::replay::commands {

/// `inspect`: records of a topic as lines of JSON, by key, kind, time and offset (docs/operating.md).
Command inspect();

}  // namespace entstream::replay::commands
