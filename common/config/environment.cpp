#include "common/config/environment.hpp"

#include <cctype>
#include <cstdlib>

namespace entstream::config {

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
}

std::string variable_of(std::string_view dotted_key) {
    std::string name = "ENTSTREAM_";
    for (const unsigned char c : dotted_key) {
        name += std::isalnum(c) != 0 ? static_cast<char>(std::toupper(c)) : '_';
    }
    return name;
}

}  // namespace entstream::config
