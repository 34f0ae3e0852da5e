#include "common/config/units.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

namespace entstream::config {

namespace {

using Unit = std::pair<std::string_view, std::uint64_t>;

// In rising order: texts are written with the largest unit that divides.
constexpr std::array<Unit, 5> duration_units = {Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000},
                                                Unit{"d", 86'400'000}};
constexpr std::array<Unit, 4> size_units = {Unit{"", 1}, Unit{"KiB", 1UL << 10U}, Unit{"MiB", 1UL << 20U},
                                            Unit{"GiB", 1UL << 30U}};

std::optional<std::uint64_t> parse_quantity(std::string_view text, std::span<const Unit> units) {
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) {
        return std::nullopt;
    }
    const std::string_view name = text.substr(static_cast<std::size_t>(rest - text.data()));
    for (const auto& [unit, factor] : units) {
        if (unit == name && number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / factor) {
            return number * factor;
        }
    }
    return std::nullopt;
}

std::string quantity_text(std::uint64_t quantity, std::span<const Unit> units) {
    Unit largest = units.front();
    for (const Unit& unit : units) {
        if (quantity != 0 && quantity % unit.second == 0) {
            largest = unit;
        }
    }
    return std::to_string(quantity / largest.second) + std::string(largest.first);
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto quantity = parse_quantity(text, duration_units);
    return quantity ? std::optional(std::chrono::milliseconds(*quantity)) : std::nullopt;
}

std::string duration_text(std::chrono::milliseconds duration) {
    return quantity_text(static_cast<std::uint64_t>(duration.count()), duration_units);
}

std::optional<std::size_t> parse_size(std::string_view text) {
    return parse_quantity(text, size_units);
}

std::string size_text(std::size_t bytes) {
    return quantity_text(bytes, size_units);
}

}  // namespace entstream::config
