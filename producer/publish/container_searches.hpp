#pragma once

#include <string>
#include <string_view>

#include "producer/producer_config.hpp"

namespace entstream::producer::publish {

/// Adds to the configuration what must be watched beside its searches: for each base that a search looks below at any
/// depth, the entries below it that no search shows. Of such a container the provider tells renames and moves, but to
/// nobody what they mean for the entries below it (RFC 4533 leaves it out).
///
/// A base below another one is watched with that one. Where a search shows everything, nothing is left to be watched.
ProducerConfig with_container_searches(ProducerConfig config);

/// A filter that matches what `filter` matches and, where it names object classes, whatever is of the first of these:
/// people who are not selected are no containers. In parentheses.
std::string broader_filter(std::string_view filter);

}  // namespace entstream::producer::publish
