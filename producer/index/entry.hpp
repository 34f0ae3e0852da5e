#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/model/topics.hpp"
#include "common/model/uuid.hpp"
#include "producer/index/dn_tree.hpp"
#include "producer/index/image.hpp"
#include "producer/index/packed_csn.hpp"

namespace entstream::producer::index {

/// Set of searches, by position in ProducerConfig::searches.
using SearchSet = std::uint64_t;

/// The attribute hashes and the RDN of an entry in one block of memory.
class PackedImage {
  public:
    PackedImage() = default;
    PackedImage(const Image& image, std::string_view rdn);

    /// Whether the attributes are those of `image`.
    [[nodiscard]] bool holds(const Image& image) const;
    [[nodiscard]] Image image() const;
    [[nodiscard]] std::string_view rdn() const;
    explicit operator bool() const { return block_ != nullptr; }

  private:
    std::unique_ptr<std::byte[]> block_;  // NOLINT(modernize-avoid-c-arrays): a block of a size known at run time
};

/// What the index knows of one entry of one kind. About 72 octets, 10 for each attribute, and the RDN.
struct Entry {
    Uuid uuid;
    ValueHash dn_hash{};     ///< of the normalised DN
    PackedCsn csn;           ///< entryCSN of what was published last
    SearchSet searches = 0;  ///< searches that hold it
    DnTree::ContainerId container{};
    PackedImage packed;  ///< empty: the entry is not there (it left, or only a member names it)

    [[nodiscard]] bool present() const { return static_cast<bool>(packed); }
};

}  // namespace entstream::producer::index
