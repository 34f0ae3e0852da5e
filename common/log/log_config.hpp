#pragma once

#include <string>

namespace entstream::log {

/// Where and how much a program logs.
struct LogConfig {
    std::string level = "info";   ///< trace, debug, info, warn, error
    std::string format = "text";  ///< text or json
};

}  // namespace entstream::log
