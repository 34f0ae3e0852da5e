#pragma once

#include <functional>

#include "common/runtime/stop_signal.hpp"
#include "consumer/merge/target.hpp"

namespace entstream::consumer::app {

/// Opens the target beside the process that serves the Moodle and works on it. Repeats what a running consumer, or a
/// server that is just starting, is in the way of: for 30 s.
/// \param stop  asked between attempts; nullptr: one attempt only
/// \throws as MoodleTarget::open_beside(), and what the work throws
void work_beside(merge::MoodleTarget& target, const runtime::StopSignal* stop, const std::function<void()>& work);

}  // namespace entstream::consumer::app
