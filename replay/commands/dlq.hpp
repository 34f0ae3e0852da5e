#pragma once

#include "replay/command.hpp"

namespace entstream::replay::commands {

/// `dlq`: dead letters of the consumer: what they are, what waits of them, and what becomes of it (docs/operating.md).
Command dlq();

}  // namespace entstream::replay::commands
