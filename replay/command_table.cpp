#include "replay/command_table.hpp"

#include "replay/commands/sync.hpp"

namespace entstream::replay {

const std::vector<Command>& command_table() {
    static const std::vector<Command> table = {
        commands::sync(),
    };
    return table;
}

}  // namespace entstream::replay
