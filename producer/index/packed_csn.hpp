#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace entstream::producer::index {

/// A CSN such as `20261122101112.123456Z#000000#001#000000` in 16 octets instead of 40. Orders as the text does.
struct PackedCsn {
    std::uint64_t time{};  ///< date and microseconds
    std::uint64_t rest{};  ///< change count, server id, modification

    auto operator<=>(const PackedCsn&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads it

    /// False for an entry without entryCSN (389-ds), or with one of another form.
    [[nodiscard]] bool known() const { return time != 0; }
    /// The server that made the change.
    [[nodiscard]] unsigned sid() const { return static_cast<unsigned>(rest >> 24U) & 0xFFFU; }

    /// Not known() when the text is not a CSN.
    static PackedCsn parse(std::string_view text);
};

}  // namespace entstream::producer::index
