#pragma once

#include <chrono>
#include <functional>

namespace entstream::test {

/// Asks `condition` again and again, a few milliseconds apart, until it holds or the time is over.
/// \returns whether it held. The patience is generous on purpose: it ends a hanging test, it measures nothing.
bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds patience = std::chrono::seconds(60));

}  // namespace entstream::test
