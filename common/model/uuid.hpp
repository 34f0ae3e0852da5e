#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace entstream {

/// Identity of a directory entry: the 16 octets of the syncUUID (RFC 4533 section 2.2; entryUUID in OpenLDAP,
/// nsUniqueId in 389-ds). The only identity that survives renames; DNs and uids do not.
struct Uuid {
    std::array<std::uint8_t, 16> octets{};

    auto operator<=>(const Uuid&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees a 0 in it

    /// Lower-case text with hyphens, as in record keys: 36 characters.
    [[nodiscard]] std::string to_text() const;
    void append_text_to(std::string& text) const;
    /// The 16 octets as a string, as in protobuf fields and LDAP controls.
    [[nodiscard]] std::string to_bytes() const;

    /// From 16 octets; nullopt for any other length.
    static std::optional<Uuid> from_bytes(std::string_view bytes);
    /// From text with hyphens, any case; nullopt when malformed.
    static std::optional<Uuid> from_text(std::string_view text);
    /// A random version 4 UUID.
    static Uuid random();
    /// A version 5 (name-based, SHA-1) UUID in entstream's own name space: the same name gives the same UUID
    /// everywhere.
    static Uuid from_name(std::string_view name);
};

}  // namespace entstream

template <>
struct std::hash<entstream::Uuid> {
    std::size_t operator()(const entstream::Uuid& uuid) const noexcept {
        // The octets are (nearly) random already: fold them.
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            low = low << 8U | uuid.octets[i];
            high = high << 8U | uuid.octets[i + 8];
        }
        return static_cast<std::size_t>(low ^ (high * 0x9E3779B97F4A7C15ULL));
    }
};
