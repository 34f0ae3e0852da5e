#include "producer/index/entry.hpp"

#include <cstring>

namespace entstream::producer::index {

namespace {

// Layout of the block: number of attributes, length of the RDN, attributes, RDN.
constexpr std::size_t attributes_at = sizeof(std::uint16_t) + sizeof(std::uint32_t);
constexpr std::size_t attribute_size = sizeof(NameId) + sizeof(std::uint64_t);

struct Header {
    std::uint16_t attributes{};
    std::uint32_t rdn_length{};
};

Header header_of(const std::byte* block) {
    Header header;
    std::memcpy(&header.attributes, block, sizeof header.attributes);
    std::memcpy(&header.rdn_length, block + sizeof header.attributes, sizeof header.rdn_length);
    return header;
}

AttributeHash attribute_at(const std::byte* block, std::size_t position) {
    AttributeHash attribute;
    const std::byte* at = block + attributes_at + position * attribute_size;
    std::memcpy(&attribute.name, at, sizeof attribute.name);
    std::memcpy(&attribute.values, at + sizeof attribute.name, sizeof attribute.values);
    return attribute;
}

}  // namespace

PackedImage::PackedImage(const Image& image, std::string_view rdn)
    : block_(new std::byte[attributes_at + image.size() * attribute_size + rdn.size()]) {
    const auto attributes = static_cast<std::uint16_t>(image.size());
    const auto rdn_length = static_cast<std::uint32_t>(rdn.size());
    std::byte* at = block_.get();
    const auto put = [&at](const void* data, std::size_t size) {
        if (size > 0) {
            std::memcpy(at, data, size);
            at += size;
        }
    };
    put(&attributes, sizeof attributes);
    put(&rdn_length, sizeof rdn_length);
    for (const AttributeHash& attribute : image) {
        put(&attribute.name, sizeof attribute.name);
        put(&attribute.values, sizeof attribute.values);
    }
    put(rdn.data(), rdn.size());
}

bool PackedImage::holds(const Image& image) const {
    if (header_of(block_.get()).attributes != image.size()) {
        return false;
    }
    for (std::size_t i = 0; i < image.size(); ++i) {
        if (attribute_at(block_.get(), i) != image[i]) {
            return false;
        }
    }
    return true;
}

Image PackedImage::image() const {
    Image result;
    if (block_) {
        const Header header = header_of(block_.get());
        result.reserve(header.attributes);
        for (std::size_t i = 0; i < header.attributes; ++i) {
            result.push_back(attribute_at(block_.get(), i));
        }
    }
    return result;
}

std::string_view PackedImage::rdn() const {
    if (!block_) {
        return {};
    }
    const Header header = header_of(block_.get());
    const std::byte* at = block_.get() + attributes_at + header.attributes * attribute_size;
    return {reinterpret_cast<const char*>(at), header.rdn_length};
}

}  // namespace entstream::producer::index
