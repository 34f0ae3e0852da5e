#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace entstream::producer::index {

/// Position of an attribute description in AttributeNames.
using NameId = std::uint16_t;

/// Every attribute description that was met, once: the index stores two octets instead of a name. Descriptions compare
/// without case, options included. Not thread-safe.
class AttributeNames {
  public:
    /// The id of a description; a new one for a description not met before, which is then spelled as given here.
    /// \throws std::length_error beyond 65 535 descriptions
    NameId id(std::string_view description);

    /// As it was spelled first: teach the configuration's spelling before reading anything.
    [[nodiscard]] const std::string& spelled(NameId id) const { return spelled_[id]; }
    [[nodiscard]] std::size_t size() const { return spelled_.size(); }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    std::vector<std::string> spelled_;
    std::unordered_map<std::string, NameId, Hash, std::equal_to<>> ids_;  ///< every spelling met, and the lower case
};

/// Lower case, ASCII only, as attribute descriptions compare.
std::string lower_case(std::string_view description);

}  // namespace entstream::producer::index
