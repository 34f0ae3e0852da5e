#include "replay/since.hpp"

#include <array>
#include <ctime>
#include <utility>

namespace entstream::replay {

namespace {

std::optional<std::chrono::seconds> duration_from(const std::string& text) {
    constexpr std::array<std::pair<const char*, int>, 4> units = {{{"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}}};
    constexpr std::size_t most_digits = 9;
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string::npos || digits > most_digits) {
        return std::nullopt;
    }
    for (const auto& [unit, seconds] : units) {
        if (text.substr(digits) == unit) {
            return std::chrono::seconds(std::stoll(text.substr(0, digits)) * seconds);
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> time_from_text(const std::string& text,
                                                                    std::chrono::system_clock::time_point now) {
    if (const auto ago = duration_from(text)) {
        return now - *ago;
    }
    for (const char* const format : {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
        std::tm parts{};
        const char* const end = ::strptime(text.c_str(), format, &parts);
        if (end != nullptr && *end == '\0') {
            return std::chrono::system_clock::from_time_t(::timegm(&parts));
        }
    }
    return std::nullopt;
}

}  // namespace entstream::replay
