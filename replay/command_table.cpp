#include "replay/command_table.hpp"

#include "replay/commands/apply.hpp"
#include "replay/commands/apply_config.hpp"
#include "replay/commands/check.hpp"
#include "replay/commands/decisions.hpp"
#include "replay/commands/dlq.hpp"
#include "replay/commands/inspect.hpp"
#include "replay/commands/pause.hpp"
#include "replay/commands/requests.hpp"
#include "replay/commands/resync.hpp"
#include "replay/commands/status.hpp"
#include "replay/commands/sync.hpp"
#include "replay/commands/verify.hpp"

namespace entstream::replay {

const std::vector<Command>& command_table() {
    static const std::vector<Command> table = {
        commands::sync(),
        commands::resync(),
        commands::apply(),
        // how it stands
        commands::status(),
        commands::verify(),
        commands::explain(),
        commands::inspect(),
        commands::check(),
        // what waits
        commands::plan(),
        commands::held(),
        commands::approve(),
        commands::reject(),
        commands::dlq(),
        commands::pause(),
        commands::resume(),
        commands::apply_config(),
        // what the producer is asked for
        commands::reconcile(),
        commands::republish(),
        commands::purge(),
    };
    return table;
}

}  // namespace entstream::replay
