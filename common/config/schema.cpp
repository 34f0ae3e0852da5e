#include "common/config/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <optional>

#include "common/config/secret.hpp"

namespace entstream::config {

namespace {

/// The value of a variable, in the shape that a file would give it.
Node node_of_variable(const std::string& text, Shape shape, std::string place) {
    Node node{.value = text, .place = std::move(place)};
    if (shape == Shape::integer) {
        std::int64_t number = 0;
        const char* end = text.data() + text.size();
        if (const auto parsed = std::from_chars(text.data(), end, number);
            parsed.ec == std::errc() && parsed.ptr == end) {
            node.value = number;
        }
    } else if (shape == Shape::boolean && (text == "true" || text == "false")) {
        node.value = text == "true";
    } else if (shape == Shape::list) {
        Node::List list;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find(',', at), text.size());
            list.push_back({.value = text.substr(at, end - at), .place = node.place});
            at = end + 1;
        }
        node.value = std::move(list);
    }
    return node;
}

std::optional<Node> find_in_environment(const std::string& key, Shape shape, const Reading& reading) {
    const std::string variable = variable_of(key);
    const auto text = reading.environment()(variable);
    return text ? std::optional(node_of_variable(*text, shape, "environment variable " + variable)) : std::nullopt;
}

/// The number of edits between two texts.
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

std::string_view last_part(std::string_view key) {
    return key.substr(key.rfind('.') + 1);
}

/// The value of a secret key, from wherever it is given; nullopt when it is not given, or not rightly.
std::optional<Node> find_secret(const Property& property, const Node& root, const std::string& path, bool overrides,
                                Reading& reading) {
    const auto resolve = [&](const Node& node, const std::string& key) -> std::optional<Node> {
        if (key.ends_with(file_suffix)) {
            return secret_from_file(node, path + key, reading);
        }
        return key.ends_with(variable_suffix) ? secret_from_variable(node, path + key, reading) : std::optional(node);
    };
    const std::array<std::string, 3> keys = {property.key, property.key + std::string(file_suffix),
                                             property.key + std::string(variable_suffix)};
    for (const std::string& key : keys) {
        if (const auto node = overrides ? find_in_environment(key, Shape::text, reading) : std::nullopt) {
            return resolve(*node, key);
        }
    }
    const Node* given = nullptr;
    std::string given_key;
    for (const std::string& key : keys) {
        const Node* node = root.find(key);
        if (node != nullptr && given != nullptr) {
            reading.add(*node, path + key, {"the same secret is given as " + given_key + " too", "keep one of them"});
            return std::nullopt;
        }
        if (node != nullptr) {
            given = node;
            given_key = key;
        }
    }
    if (given == nullptr) {
        return std::nullopt;
    }
    if (given_key == property.key) {
        warn_of_open_file(*given, path + given_key, reading);
    }
    return resolve(*given, given_key);
}

}  // namespace

void Schema::section(std::string name, std::string description) {
    sections_.push_back({.name = std::move(name), .description = std::move(description)});
}

void Schema::custom(const std::string& name, Property property) {
    if (sections_.empty()) {
        section("", "");
    }
    property.section = sections_.size() - 1;
    property.key = sections_.back().name.empty() ? name : sections_.back().name + '.' + name;
    properties_.push_back(std::move(property));
}

void Schema::read(const Node& root, Reading& reading) const {
    read_table(root, "", Overrides::from_environment, reading);
}

void Schema::read_nested(const Node& table, const std::string& path, Reading& reading) const {
    read_table(table, path, Overrides::none, reading);
}

void Schema::read_table(const Node& root, const std::string& path, Overrides overrides, Reading& reading) const {
    const bool overridable = overrides == Overrides::from_environment;
    for (const Property& property : properties_) {
        const bool scalar = property.shape != Shape::table && property.shape != Shape::tables;
        std::optional<Node> node;
        if (property.secret) {
            node = find_secret(property, root, path, overridable, reading);
        } else {
            node = overridable && scalar ? find_in_environment(property.key, property.shape, reading) : std::nullopt;
            if (const Node* found = node ? nullptr : root.find(property.key)) {
                node = *found;
            }
        }
        if (node) {
            property.read(*node, path + property.key, reading);
        } else if (property.required) {
            if (!overridable) {
                reading.add(root, path + property.key, {"is missing", "set it in this table"});
            } else if (scalar) {
                reading.add(property.key,
                            {"is missing", "set it, or the environment variable " + variable_of(property.key)});
            } else {
                reading.add(property.key, {"is missing", "add [[" + property.key + "]]"});
            }
        }
    }
    report_unknown(root, "", path, reading);
}

void Schema::report_unknown(const Node& table, const std::string& prefix, const std::string& path,
                            Reading& reading) const {
    for (const auto& [name, node] : *table.table()) {
        const std::string key = prefix + name;
        const auto is_known = [&](const Property& property) {
            return property.key == key || (property.secret && (key == property.key + std::string(file_suffix) ||
                                                               key == property.key + std::string(variable_suffix)));
        };
        const auto is_inside = [&](const Property& property) { return property.key.starts_with(key + '.'); };
        if (std::any_of(properties_.begin(), properties_.end(), is_known)) {
            continue;
        }
        if (std::none_of(properties_.begin(), properties_.end(), is_inside)) {
            const std::string nearest = nearest_key(key);
            reading.add(
                node, path + key,
                {"is not a key of this file", nearest.empty() ? std::string("remove it; --help-config lists the keys")
                                                              : fmt::format("did you mean {}{}?", path, nearest)});
        } else if (node.table() == nullptr) {
            reading.add(node, path + key, {"must be a section", fmt::format("write [{}{}] above its keys", path, key)});
        } else {
            report_unknown(node, key + '.', path, reading);
        }
    }
}

std::string Schema::nearest_key(const std::string& key) const {
    std::string nearest;
    std::size_t least = std::max<std::size_t>(2, last_part(key).size() / 3) + 1;
    for (const Property& property : properties_) {
        // The right name in the wrong section counts as two edits.
        const std::size_t edits =
            std::min(distance(key, property.key), distance(last_part(key), last_part(property.key)) + 2);
        if (edits < least) {
            least = edits;
            nearest = property.key;
        }
    }
    return nearest;
}

}  // namespace entstream::config
