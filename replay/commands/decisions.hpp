#pragma once

#include "replay/command.hpp"

/// What waits for a person and what he decides: the same as entstream-consumer's options of these names.
namespace entstream::replay::commands {

/// `plan`: what the logs would do to this Moodle (docs/adoption.md).
Command plan();
/// `explain`: why an entry has what it has in Moodle.
Command explain();
/// `held`: the removals that the guard holds (docs/guard.md).
Command held();
/// `approve`: lets go on what waits.
Command approve();
/// `reject`: what the guard holds is not done.
Command reject();

}  // namespace entstream::replay::commands
