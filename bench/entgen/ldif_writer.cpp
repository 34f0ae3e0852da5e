#include "bench/entgen/ldif_writer.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "bench/entgen/random.hpp"

namespace entstream::entgen {

namespace {

constexpr std::size_t buffer_size = 1U << 20U;

/// UUID (RFC 4122, version 4 bits) that the seed and the text decide.
std::string uuid_of(std::uint64_t seed, std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    Random random{seed, purpose::entry_uuid, hash, text.size()};
    const std::uint64_t high = (random.next() & 0xffffffffffff0fff) | 0x4000;
    const std::uint64_t low = (random.next() & 0x3fffffffffffffff) | 0x8000000000000000;

    constexpr std::string_view digits = "0123456789abcdef";
    std::string uuid;
    for (int i = 0; i < 32; ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) {
            uuid += '-';
        }
        const std::uint64_t half = i < 16 ? high : low;
        uuid += digits[(half >> static_cast<unsigned>(60 - 4 * (i % 16))) & 0xfU];
    }
    return uuid;
}

}  // namespace

bool is_ldif_safe(std::string_view value) {
    if (value.empty()) {
        return true;
    }
    if (value.front() == ' ' || value.front() == ':' || value.front() == '<' || value.back() == ' ') {
        return false;
    }
    return std::none_of(value.begin(), value.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x80 || c == '\0' || c == '\n' || c == '\r';
    });
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::array<unsigned, 3> group{};
        const std::size_t present = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t k = 0; k < present; ++k) {
            group.at(k) = static_cast<unsigned char>(bytes[i + k]);
        }
        const unsigned bits = group[0] << 16U | group[1] << 8U | group[2];
        text += alphabet[bits >> 18U];
        text += alphabet[bits >> 12U & 0x3fU];
        text += present > 1 ? alphabet[bits >> 6U & 0x3fU] : '=';
        text += present > 2 ? alphabet[bits & 0x3fU] : '=';
    }
    return text;
}

LdifWriter::LdifWriter(std::ostream* out, std::optional<std::uint64_t> uuid_seed) : out_(out), uuid_seed_(uuid_seed) {
    buffer_.reserve(buffer_size + (64U << 10U));
}

void LdifWriter::begin(std::string_view dn) {
    if (uuid_seed_) {
        uuid_ = uuid_of(*uuid_seed_, dn);
    }
    attribute("dn", dn);
}

void LdifWriter::attribute(std::string_view name, std::string_view value) {
    if (out_ == nullptr) {
        return;
    }
    buffer_ += name;
    if (value.empty()) {
        buffer_ += ':';
    } else if (is_ldif_safe(value)) {
        buffer_.append(": ").append(value);
    } else {
        buffer_.append(":: ").append(base64(value));
    }
    buffer_ += '\n';
    if (buffer_.size() >= buffer_size) {
        flush();
    }
}

void LdifWriter::end() {
    if (uuid_seed_) {
        attribute("entryUUID", uuid_);
    }
    ++entries_;
    if (out_ != nullptr) {
        buffer_ += '\n';
    }
}

void LdifWriter::flush() {
    if (out_ == nullptr) {
        return;
    }
    out_->write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    out_->flush();
    buffer_.clear();
    if (!*out_) {
        throw std::runtime_error("the output cannot be written: check the disk's free space or the reading program");
    }
}

}  // namespace entstream::entgen
