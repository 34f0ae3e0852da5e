#include "common/config/reading.hpp"

#include <utility>

namespace entstream::config {

void Reading::add(const Node& node, std::string key, Fault fault) {
    problems_.push_back(
        {.place = node.place, .key = std::move(key), .what = std::move(fault.what), .remedy = std::move(fault.remedy)});
}

void Reading::add(std::string key, Fault fault) {
    problems_.push_back({.place = file_.string(),
                         .key = std::move(key),
                         .what = std::move(fault.what),
                         .remedy = std::move(fault.remedy)});
}

void Reading::add_at(const Node& table, const std::string& key, Fault fault, const std::string& path) {
    const Node* node = table.find(key);
    add(node == nullptr ? table : *node, path + key, std::move(fault));
}

void Reading::warn(const Node& node, std::string_view key, std::string_view what) {
    warnings_.push_back(node.place + ": " + std::string(key) + ": " + std::string(what));
}

void Reading::throw_problems() const {
    if (!problems_.empty()) {
        throw ConfigError(problems_);
    }
}

}  // namespace entstream::config
