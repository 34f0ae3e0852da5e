#include "common/config/config_error.hpp"

#include <utility>

namespace entstream::config {

namespace {

std::string join_lines(const std::vector<Problem>& problems) {
    std::string text;
    for (const Problem& problem : problems) {
        text += text.empty() ? "" : "\n";
        text += problem.to_text();
    }
    return text;
}

}  // namespace

std::string Problem::to_text() const {
    std::string text = place;
    for (const std::string* part : {&key, &what}) {
        if (!part->empty()) {
            text += text.empty() ? "" : ": ";
            text += *part;
        }
    }
    if (!remedy.empty()) {
        text += "; " + remedy;
    }
    return text;
}

ConfigError::ConfigError(std::vector<Problem> problems)
    : std::runtime_error(join_lines(problems)), problems_(std::move(problems)) {}

}  // namespace entstream::config
