#pragma once

#include <string>

#include "consumer/app/target.hpp"
#include "consumer/map/mapper.hpp"

namespace entstream::consumer::app {

/// Tries the records of a source again that the database refused (entstream.refused): all at once, and in halves where
/// it still refuses one of them, which goes on waiting. \returns what was applied \throws what a Target throws, but for
/// permanent failures
merge::Counts retry_refused(Target& target, const map::Mapper& mapper, const std::string& source);

}  // namespace entstream::consumer::app
