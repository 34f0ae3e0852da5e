#pragma once

#include "replay/command.hpp"

/// What the producer of a source is asked for: the same as entstream-producer --ask, without its configuration.
namespace entstream::replay::commands {

/// `reconcile`: the directory is compared with the log, and true differences are published.
Command reconcile();
/// `republish`: entries are published whether they changed or not.
Command republish();
/// `purge`: old deletions, or those of one entry, leave the log and entstream's own tables (docs/operating.md).
Command purge();

}  // namespace entstream::replay::commands
