#include "common/config/json_schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <variant>

#include "common/config/node.hpp"
#include "common/config/property.hpp"
#include "common/config/secret.hpp"

namespace entstream::config {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Node& node) {
    if (const auto* text = node.text()) {
        return *text;
    }
    if (const auto* number = std::get_if<std::int64_t>(&node.value)) {
        return *number;
    }
    if (const auto* boolean = std::get_if<bool>(&node.value)) {
        return *boolean;
    }
    Json json;
    if (const auto* list = node.list()) {
        json = Json::array();
        for (const Node& element : *list) {
            json.push_back(json_of(element));
        }
    } else if (const auto* table = node.table()) {
        json = Json::object();
        for (const auto& [name, value] : *table) {
            json[name] = json_of(value);
        }
    }
    return json;
}

/// Makes the schemas of keys, and collects the definitions that they refer to.
class Writer {
  public:
    [[nodiscard]] const Json& definitions() const { return definitions_; }

    /// Adds a key, in the objects that its dotted name goes through.
    void add(Json& object, const Property& property, bool can_be_required) {
        Json* place = &object;
        std::string_view name = property.key;
        for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
            Json& next = (*place)["properties"][std::string(name.substr(0, dot))];
            if (next.is_null()) {
                next = empty_object();
            }
            if (property.required && can_be_required) {
                require(*place, std::string(name.substr(0, dot)));
            }
            place = &next;
            name.remove_prefix(dot + 1);
        }
        const std::string key(name);
        (*place)["properties"][key] = described(property);
        if (property.secret) {
            (*place)["properties"][key + std::string(file_suffix)] = {
                {"description", "A file that holds it: " + property.description}, {"type", "string"}};
            (*place)["properties"][key + std::string(variable_suffix)] = {
                {"description", "An environment variable that holds it: " + property.description}, {"type", "string"}};
        } else if (property.required && can_be_required) {
            require(*place, key);
        }
    }

    static Json empty_object() {
        return {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
    }

  private:
    static void require(Json& object, const std::string& name) {
        Json& names = object["required"];
        if (std::find(names.begin(), names.end(), name) == names.end()) {
            names.push_back(name);
        }
    }

    Json described(const Property& property) {
        Json json;
        if (!property.description.empty()) {
            json["description"] = property.description + (property.required ? " (required)" : "");
        }
        json.update(value_of(property));
        if (!property.default_text.empty() && property.default_text != "\"\"") {
            const Node node = parse_toml("it = " + property.default_text, property.key);
            Json value = json_of(*node.find("it"));
            if (!json.contains("minimum") || value >= json["minimum"]) {
                json["default"] = std::move(value);
            }
        }
        return json;
    }

    Json value_of(const Property& property) {
        if (!property.definition.empty()) {
            if (!definitions_.contains(property.definition)) {
                definitions_[property.definition] = Json::object();  // it may refer to itself
                const Json definition = object_of(property);
                definitions_[property.definition] = {{"anyOf", {{{"type", "string"}}, definition}}};
            }
            const Json reference = {{"$ref", "#/definitions/" + property.definition}};
            if (property.shape == Shape::tables) {
                return {{"type", "array"}, {"items", reference}};
            }
            Json json;
            json["allOf"].push_back(reference);  // beside a reference nothing else counts
            return json;
        }
        if (!property.json_schema.empty()) {
            return Json::parse(property.json_schema);
        }
        switch (property.shape) {
            case Shape::text:
                return {{"type", "string"}};
            case Shape::integer:
                return {{"type", "integer"}};
            case Shape::boolean:
                return {{"type", "boolean"}};
            case Shape::list:
                return {{"type", "array"}, {"items", {{"type", "string"}}}};
            case Shape::table:
                return property.columns.empty() ? Json{{"type", "object"}} : object_of(property);
            case Shape::tables:
                return {{"type", "array"}, {"items", object_of(property)}};
        }
        return Json::object();
    }

    Json object_of(const Property& property) {
        Json object = empty_object();
        for (const Property& column : property.columns) {
            add(object, column, true);
        }
        return object;
    }

    Json definitions_ = Json::object();
};

}  // namespace

std::string json_schema(const Schema& schema, std::string_view title) {
    Writer writer;
    Json root = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", fmt::format("Configuration file of {}", title)}};
    root.update(Writer::empty_object());
    for (const Section& section : schema.sections()) {
        Json* place = &root;
        std::string_view name = section.name;
        while (!name.empty()) {
            const auto dot = name.find('.');
            Json& next = (*place)["properties"][std::string(name.substr(0, dot))];
            if (next.is_null()) {
                next = Writer::empty_object();
            }
            place = &next;
            name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
        }
        if (!section.name.empty()) {
            (*place)["description"] = section.description;
        }
    }
    for (const Property& property : schema.properties()) {
        writer.add(root, property, false);
    }
    if (!writer.definitions().empty()) {
        root["definitions"] = writer.definitions();
    }
    return root.dump(2) + '\n';
}

}  // namespace entstream::config
