#include "replay/command_table.hpp"

#include "replay/commands/decisions.hpp"
#include "replay/commands/dlq.hpp"
#include "replay/commands/inspect.hpp"
#include "replay/commands/status.hpp"
#include "replay/commands/sync.hpp"

namespace entstream::replay {

const std::vector<Command>& command_table() {
    static const std::vector<Command> table = {
        commands::sync(),
        // how it stands
        commands::status(),
        commands::explain(),
        commands::inspect(),
        // what waits
        commands::plan(),
        commands::held(),
        commands::approve(),
        commands::reject(),
        commands::dlq(),
    };
    return table;
}

}  // namespace entstream::replay
