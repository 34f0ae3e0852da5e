#pragma once

#include <string_view>

namespace entstream::runtime {

/// Of all our programs, as --version says it: 0.1.0.
std::string_view version();

}  // namespace entstream::runtime
