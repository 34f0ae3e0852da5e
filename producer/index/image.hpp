#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "producer/index/attribute_names.hpp"

namespace entstream::producer::index {

/// What the index remembers of one attribute: enough to tell that its values changed.
struct AttributeHash {
    NameId name{};
    std::uint64_t values{};

    bool operator==(const AttributeHash&) const = default;
};

/// The attributes of an entry as hashes, ascending by name. Equal images: nothing to publish.
using Image = std::vector<AttributeHash>;

/// Hash of a set of values: their order has no meaning. 64 bits a value (XXH3): a change is overlooked once in 1.8e19
/// changes. Never stored: the next start computes it again from the after-images on the log.
class ValueSetHash {
  public:
    void add(std::string_view value);
    [[nodiscard]] std::uint64_t get() const { return sum_; }

  private:
    std::uint64_t sum_ = 0;
};

/// Puts an image in order after its attributes were appended; several of one name become one.
void sort_image(Image& image);

/// The names whose values differ, including those that one side lacks; ascending.
std::vector<NameId> changed_names(const Image& before, const Image& after);

}  // namespace entstream::producer::index
