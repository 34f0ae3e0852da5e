#include "replay/confirm.hpp"

#include <unistd.h>

#include <iostream>

#include "common/runtime/exit_code.hpp"

namespace entstream::replay {

void confirm(const std::string& what, bool yes) {
    if (yes) {
        return;
    }
    if (isatty(STDIN_FILENO) == 0) {
        throw runtime::ProgramError(runtime::ExitCode::usage,
                                    "this would " + what + "; nobody is at a terminal to be asked: say --yes");
    }
    std::cerr << "This will " << what << ". Go on? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "Y" && answer != "yes") {
        throw runtime::ProgramError(runtime::ExitCode::refused, "nothing was done");
    }
}

}  // namespace entstream::replay
