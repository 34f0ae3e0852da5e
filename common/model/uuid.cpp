#include "common/model/uuid.hpp"

#include <uuid/uuid.h>

#include <algorithm>
#include <cstddef>

namespace entstream {

namespace {

// Name space of entstream's derived identities (uuid v5 of "entstream" in the DNS name space of RFC 4122).
constexpr const char* name_space_text = "5f0a3a1e-9a5f-5d55-9a0e-6b1f7c2f4a10";

constexpr std::size_t text_length = 36;

/// Of the text.
constexpr bool is_hyphen_at(std::size_t place) {
    return place == 8 || place == 13 || place == 18 || place == 23;
}

/// Of a hexadecimal digit, any case; below zero: it is none.
constexpr int digit_value(char digit) {
    constexpr int ten = 10;
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + ten;
    }
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + ten : -1;
}

Uuid from_uuid_t(const uuid_t raw) {
    Uuid result;
    std::copy_n(static_cast<const std::uint8_t*>(raw), result.octets.size(), result.octets.begin());
    return result;
}

}  // namespace

std::string Uuid::to_text() const {
    std::string text;
    append_text_to(text);
    return text;
}

void Uuid::append_text_to(std::string& text) const {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr unsigned low = 0xF;
    std::array<char, text_length> written{};
    std::size_t at = 0;
    for (const std::uint8_t octet : octets) {
        if (is_hyphen_at(at)) {
            written.at(at++) = '-';
        }
        written.at(at++) = digits[octet >> 4U];
        written.at(at++) = digits[octet & low];
    }
    text.append(written.data(), written.size());
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
    Uuid result;
    if (text.size() != text_length) {
        return std::nullopt;
    }
    std::size_t at = 0;
    for (std::uint8_t& octet : result.octets) {
        if (is_hyphen_at(at) && text[at++] != '-') {
            return std::nullopt;
        }
        const int high = digit_value(text[at++]);
        const int low = digit_value(text[at++]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        octet = static_cast<std::uint8_t>(high << 4 | low);
    }
    return result;
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
