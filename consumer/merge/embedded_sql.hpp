#pragma once

#include <span>

#include "common/model/embedded_text.hpp"

/// SQL files built into the program by CMake.
namespace entstream::consumer::merge {

/// consumer/merge/sql
std::span<const EmbeddedText> merge_sql();

/// schemas/entstream, in the order in which they are applied
std::span<const EmbeddedText> entstream_migrations();

}  // namespace entstream::consumer::merge
