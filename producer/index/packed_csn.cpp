#include "producer/index/packed_csn.hpp"

#include <charconv>

namespace entstream::producer::index {

namespace {

// Offsets in "YYYYMMDDHHMMSS.ffffffZ#cccccc#sss#mmmmmm".
constexpr std::size_t csn_length = 40;
constexpr std::uint64_t epoch = 19700101000000;

bool number(std::string_view digits, int base, std::uint64_t& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    return error == std::errc{} && end == digits.data() + digits.size();
}

}  // namespace

PackedCsn PackedCsn::parse(std::string_view text) {
    if (text.size() != csn_length || text[14] != '.' || text.substr(21, 2) != "Z#" || text[29] != '#' ||
        text[33] != '#') {
        return {};
    }
    std::uint64_t date = 0;
    std::uint64_t micros = 0;
    std::uint64_t count = 0;
    std::uint64_t sid = 0;
    std::uint64_t modification = 0;
    if (!number(text.substr(0, 14), 10, date) || !number(text.substr(15, 6), 10, micros) ||
        !number(text.substr(23, 6), 16, count) || !number(text.substr(30, 3), 16, sid) ||
        !number(text.substr(34, 6), 16, modification) || date <= epoch) {
        return {};
    }
    return {.time = (date - epoch) << 20U | micros, .rest = count << 36U | sid << 24U | modification};
}

}  // namespace entstream::producer::index
