#pragma once

#include <string>

namespace entstream::replay {

/// Asks the operator at the terminal, unless he has said --yes. \param what  "drop 3 dead letters"
/// \throws runtime::ProgramError  usage: nobody is there to be asked; refused: he says no
void confirm(const std::string& what, bool yes);

}  // namespace entstream::replay
