#pragma once

#include <string_view>

namespace entstream {

/// A text file built into the program (cmake/embed_texts.cmake).
struct EmbeddedText {
    std::string_view name;  ///< file name without folder and extension
    std::string_view text;
};

}  // namespace entstream
