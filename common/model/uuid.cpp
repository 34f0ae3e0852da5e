#include "common/model/uuid.hpp"

#include <uuid/uuid.h>

#include <algorithm>

namespace entstream {

namespace {

// Name space of entstream's derived identities (uuid v5 of "entstream" in the DNS name space of RFC 4122).
constexpr const char* name_space_text = "5f0a3a1e-9a5f-5d55-9a0e-6b1f7c2f4a10";

Uuid from_uuid_t(const uuid_t raw) {
    Uuid result;
    std::copy_n(static_cast<const std::uint8_t*>(raw), result.octets.size(), result.octets.begin());
    return result;
}

}  // namespace

std::string Uuid::to_text() const {
    std::array<char, UUID_STR_LEN> text{};
    uuid_unparse_lower(octets.data(), text.data());
    return {text.data()};
}

std::string Uuid::to_bytes() const {
    return {octets.begin(), octets.end()};
}

std::optional<Uuid> Uuid::from_bytes(std::string_view bytes) {
    Uuid result;
    if (bytes.size() != result.octets.size()) {
        return std::nullopt;
    }
    std::copy(bytes.begin(), bytes.end(), result.octets.begin());
    return result;
}

std::optional<Uuid> Uuid::from_text(std::string_view text) {
    uuid_t raw;
    if (text.size() != UUID_STR_LEN - 1 || uuid_parse(std::string(text).c_str(), raw) != 0) {
        return std::nullopt;
    }
    return from_uuid_t(raw);
}

Uuid Uuid::random() {
    uuid_t raw;
    uuid_generate_random(raw);
    return from_uuid_t(raw);
}

Uuid Uuid::from_name(std::string_view name) {
    uuid_t name_space;
    uuid_parse(name_space_text, name_space);
    uuid_t raw;
    uuid_generate_sha1(raw, name_space, name.data(), name.size());
    return from_uuid_t(raw);
}

}  // namespace entstream
