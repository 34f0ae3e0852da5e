#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>

#include "common/config/schema.hpp"
#include "common/config/secret.hpp"
#include "common/config/units.hpp"

// The kinds of keys a schema can have: how each takes its value from a node.
namespace entstream::config {

namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (const std::string& part : parts) {
        text += (text.empty() ? "" : std::string(separator)) + part;
    }
    return text;
}

std::string list_text(const std::vector<std::string>& values) {
    std::vector<std::string> quoted;
    std::transform(values.begin(), values.end(), std::back_inserter(quoted), quote);
    return '[' + joined(quoted, ", ") + ']';
}

Fault wrong_type(const Node& node, const std::string& wanted) {
    return {.what = "must be " + wanted + ", is " + std::string(node.type_name()),
            .remedy = wanted == "text" ? "write it in quotes" : "write it as " + wanted};
}

void flatten(const Node& node, const std::string& prefix, std::map<std::string, Node>& flat) {
    if (node.table() == nullptr) {
        flat.emplace(prefix, node);
        return;
    }
    for (const auto& [name, child] : *node.table()) {
        flatten(child, prefix.empty() ? name : fmt::format("{}.{}", prefix, name), flat);
    }
}

std::optional<std::string> scalar_text(const Node& node) {
    if (const auto* number = std::get_if<std::int64_t>(&node.value)) {
        return std::to_string(*number);
    }
    if (const auto* boolean = std::get_if<bool>(&node.value)) {
        return *boolean ? "true" : "false";
    }
    return node.text() == nullptr ? std::nullopt : std::optional(*node.text());
}

}  // namespace

std::optional<bool> boolean_of(const Node& node) {
    if (const auto* boolean = std::get_if<bool>(&node.value)) {
        return *boolean;
    }
    const std::string* text = node.text();
    if (text == nullptr || (*text != "true" && *text != "false")) {
        return std::nullopt;
    }
    return *text == "true";
}

void allow_booleans(Property& choice) {
    auto schema = nlohmann::json::parse(choice.json_schema);
    schema["enum"].push_back(true);
    schema["enum"].push_back(false);
    choice.json_schema = schema.dump();
}

void Schema::text(const std::string& name, std::string& target, const std::string& description,
                  const TextOptions& options) {
    Property property;
    property.shape = Shape::text;
    property.type = "text";
    property.default_text = options.required || options.secret ? "" : quote(target);
    property.description = description;
    property.required = options.required;
    property.secret = options.secret;
    property.read = [&target, options](const Node& node, const std::string& key, Reading& reading) {
        const std::string* text = node.text();
        if (text == nullptr) {
            reading.add(node, key, wrong_type(node, "text"));
        } else if (options.required && text->empty()) {
            reading.add(node, key, {"is empty", "give it a value"});
        } else if (auto fault = options.check ? options.check(*text) : std::nullopt) {
            reading.add(node, key, std::move(*fault));
        } else {
            target = *text;
        }
    };
    custom(name, std::move(property));
}

void Schema::list(const std::string& name, std::vector<std::string>& target, const std::string& description,
                  const ListOptions& options) {
    Property property;
    property.shape = Shape::list;
    property.type = "list of texts";
    property.default_text = options.required ? "" : list_text(target);
    property.description = description;
    property.required = options.required;
    property.read = [&target, options](const Node& node, const std::string& key, Reading& reading) {
        const Node::List* list = node.list();
        if (list == nullptr) {
            reading.add(node, key, {"must be a list of texts", R"(write ["...", "..."])"});
            return;
        }
        if (options.required && list->empty()) {
            reading.add(node, key, {"is empty", "name at least one"});
        }
        target.clear();
        for (const Node& element : *list) {
            const std::string* text = element.text();
            if (text == nullptr) {
                reading.add(element, key, wrong_type(element, "text"));
            } else if (auto fault = options.check ? options.check(*text) : std::nullopt) {
                reading.add(element, key, std::move(*fault));
            } else if (std::find(target.begin(), target.end(), *text) != target.end()) {
                reading.add(element, key, {"names '" + *text + "' twice", "remove one"});
            } else {
                target.push_back(*text);
            }
        }
    };
    custom(name, std::move(property));
}

void Schema::boolean(const std::string& name, bool& target, const std::string& description) {
    add_boolean(name, target ? "true" : "false", description, [&target](bool value) { target = value; });
}

void Schema::boolean(const std::string& name, std::optional<bool>& target, const std::string& description) {
    add_boolean(name, "", description, [&target](bool value) { target = value; });
}

void Schema::add_boolean(const std::string& name, const std::string& current, const std::string& description,
                         std::function<void(bool)> set) {
    Property property;
    property.shape = Shape::boolean;
    property.type = "true or false";
    property.default_text = current;
    property.description = description;
    property.read = [set = std::move(set)](const Node& node, const std::string& key, Reading& reading) {
        if (const bool* value = std::get_if<bool>(&node.value)) {
            set(*value);
        } else {
            reading.add(node, key, wrong_type(node, "true or false"));
        }
    };
    custom(name, std::move(property));
}

void Schema::duration(const std::string& name, std::chrono::milliseconds& target, const std::string& description,
                      std::chrono::milliseconds least) {
    Property property;
    property.shape = Shape::text;
    property.type = "duration";
    property.json_schema = R"({"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"})";
    property.default_text = quote(duration_text(target));
    property.description = description;
    property.read = [&target, least](const Node& node, const std::string& key, Reading& reading) {
        const auto value = node.text() == nullptr ? std::nullopt : parse_duration(*node.text());
        if (!value) {
            reading.add(node, key,
                        {"is not a duration", "write a whole number and ms, s, m, h or d in quotes, like \"10s\""});
        } else if (*value < least) {
            reading.add(node, key, {"is too short", "give at least " + duration_text(least)});
        } else {
            target = *value;
        }
    };
    custom(name, std::move(property));
}

void Schema::size(const std::string& name, std::size_t& target, const std::string& description, Range range) {
    Property property;
    property.shape = Shape::text;
    property.type = "size";
    property.json_schema =
        R"({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+(KiB|MiB|GiB)?$"}]})";
    property.default_text = quote(size_text(target));
    property.description = description;
    property.read = [&target, range](const Node& node, const std::string& key, Reading& reading) {
        const auto text = scalar_text(node);
        const auto value = text ? parse_size(*text) : std::nullopt;
        if (!value) {
            reading.add(node, key, {"is not a size", "write a number of octets, or with a unit \"64MiB\""});
        } else if (*value < static_cast<std::size_t>(range.least) || *value > static_cast<std::size_t>(range.most)) {
            reading.add(node, key,
                        {"is out of range", "give " + size_text(static_cast<std::size_t>(range.least)) + " to " +
                                                size_text(static_cast<std::size_t>(range.most))});
        } else {
            target = *value;
        }
    };
    custom(name, std::move(property));
}

void Schema::add_integer(const std::string& name, std::int64_t current, const std::string& description, Range range,
                         std::function<void(std::int64_t)> set) {
    Property property;
    property.shape = Shape::integer;
    property.type = "whole number";
    property.json_schema =
        fmt::format(R"({{"type": "integer", "minimum": {}, "maximum": {}}})", range.least, range.most);
    property.default_text = std::to_string(current);
    property.description = description;
    property.read = [range, set = std::move(set)](const Node& node, const std::string& key, Reading& reading) {
        const auto* value = std::get_if<std::int64_t>(&node.value);
        if (value == nullptr) {
            reading.add(node, key, wrong_type(node, "a whole number"));
        } else if (*value < range.least || *value > range.most) {
            reading.add(
                node, key,
                {"is out of range", "give " + std::to_string(range.least) + " to " + std::to_string(range.most)});
        } else {
            set(*value);
        }
    };
    custom(name, std::move(property));
}

void Schema::add_choice(const std::string& name, const std::string& current, const std::vector<std::string>& names,
                        const std::string& description, bool required, std::function<void(std::size_t)> set) {
    Property property;
    property.shape = Shape::text;
    property.type = "one of " + joined(names, ", ");
    property.json_schema = nlohmann::json({{"enum", names}}).dump();
    property.default_text = current.empty() ? "" : quote(current);
    property.description = description;
    property.required = required;
    property.read = [names, set = std::move(set)](const Node& node, const std::string& key, Reading& reading) {
        const auto chosen = node.text() == nullptr ? names.end() : std::find(names.begin(), names.end(), *node.text());
        if (chosen == names.end()) {
            reading.add(node, key, {"is none of the values it can have", "write one of " + joined(names, ", ")});
        } else {
            set(static_cast<std::size_t>(chosen - names.begin()));
        }
    };
    custom(name, std::move(property));
}

void Schema::properties(const std::string& name, std::map<std::string, std::string>& target,
                        const std::string& description, Check<std::string> check_name) {
    Property property;
    property.shape = Shape::table;
    property.type = "table of free names";
    property.json_schema = R"({"type": "object"})";
    property.description = description;
    property.read = [&target, check_name = std::move(check_name)](const Node& node, const std::string& key,
                                                                  Reading& reading) {
        if (node.table() == nullptr) {
            reading.add(node, key, wrong_type(node, "a table"));
            return;
        }
        std::map<std::string, Node> flat;
        flatten(node, "", flat);
        for (auto& [full_name, value] : flat) {
            const std::string path = fmt::format("{}.{}", key, full_name);
            std::string bare_name = full_name;
            std::optional<Node> resolved = value;
            for (const std::string_view suffix : {file_suffix, variable_suffix}) {
                if (full_name.ends_with(suffix)) {
                    bare_name.resize(full_name.size() - suffix.size());
                    resolved = suffix == file_suffix ? secret_from_file(value, path, reading)
                                                     : secret_from_variable(value, path, reading);
                }
            }
            if (auto fault = check_name(bare_name)) {
                reading.add(value, path, std::move(*fault));
            }
            if (bare_name == full_name &&
                (full_name.find("password") != std::string::npos || full_name.find("secret") != std::string::npos)) {
                warn_of_open_file(value, path, reading);
            }
            const auto text = resolved ? scalar_text(*resolved) : std::optional<std::string>("");
            if (!text) {
                reading.add(value, path, wrong_type(value, "text"));
            } else if (!target.emplace(bare_name, *text).second) {
                reading.add(value, path, {"is given twice", "keep one of them"});
            }
        }
    };
    custom(name, std::move(property));
}

}  // namespace entstream::config
