#pragma once

#include <optional>
#include <string>

#include "common/model/uuid.hpp"
#include "consumer/delta.hpp"
#include "replay/command.hpp"
#include "replay/progress.hpp"

namespace entstream::replay {

/// The single object that a command is about.
struct FoundObject {
    Uuid uuid;
    std::string source;
    std::string kind;                         ///< user, cohort or role
    std::int64_t moodle_id{};                 ///< 0: Moodle has nothing of it
    std::optional<consumer::Offset> applied;  ///< offset of the record that was applied last
};

/// Finds one in entstream's tables and Moodle's. A DN, and the cn of a role object, are looked up by what the mapping
/// makes of that name, and the record at the offset that the tables have proves it. What is not found so is looked for
/// on the logs, which are read from their start then, and that is said. Also what has left the directory. \param kind
/// user: username, ID number, e-mail address, UUID, DN or Moodle's id; cohort: ID number, name, UUID, DN or
///              Moodle's id; role: UUID, DN or cn
/// \throws runtime::ProgramError  no_such_entry; refused: several have the name
FoundObject find_object(const Context& context, const std::string& kind, const std::string& name, Progress& progress);

}  // namespace entstream::replay
