#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/config/node.hpp"
#include "common/config/property.hpp"
#include "common/config/reading.hpp"

namespace entstream::config {

struct TextOptions {
    bool required = false;
    bool secret = false;
    Check<std::string> check;
};

struct ListOptions {
    bool required = false;
    Check<std::string> check;  ///< of each element
};

struct Range {
    std::int64_t least = 0;
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

struct Section {
    std::string name;
    std::string description;
};

/// true or false, as TOML writes it or as the text that the environment gives; nullopt: neither.
std::optional<bool> boolean_of(const Node& node);

/// Adds true and false to what the JSON Schema of a choice lets through.
void allow_booleans(Property& choice);

/// The keys of one configuration file, each bound to the place of a struct that takes its value. What the struct holds
/// when a key is added is that key's default. The struct must outlive the schema.
class Schema {
  public:
    /// Keys added from here on stand in [name]; "" is the top of the file.
    void section(std::string name, std::string description);

    void text(const std::string& name, std::string& target, const std::string& description,
              const TextOptions& options = {});
    void list(const std::string& name, std::vector<std::string>& target, const std::string& description,
              const ListOptions& options = {});
    void boolean(const std::string& name, bool& target, const std::string& description);
    /// The same where it matters whether the file says anything; nullopt: it does not.
    void boolean(const std::string& name, std::optional<bool>& target, const std::string& description);
    void duration(const std::string& name, std::chrono::milliseconds& target, const std::string& description,
                  std::chrono::milliseconds least);
    /// Octets: a number, or text with KiB, MiB or GiB.
    void size(const std::string& name, std::size_t& target, const std::string& description, Range range);
    template <std::integral T>
    void integer(const std::string& name, T& target, const std::string& description, Range range) {
        add_integer(name, static_cast<std::int64_t>(target), description, range,
                    [&target](std::int64_t value) { target = static_cast<T>(value); });
    }
    template <typename Enum>
    void choice(const std::string& name, Enum& target, const std::vector<std::pair<std::string, Enum>>& choices,
                const std::string& description, bool required = false);
    /// The same for a key that was true or false once, and may be written so still.
    template <typename Enum>
    void choice_or_boolean(const std::string& name, Enum& target,
                           const std::vector<std::pair<std::string, Enum>>& choices, Enum if_true, Enum if_false,
                           const std::string& description);
    /// A table of free names; nested tables and dotted names are the same. `name_file` and `name_env` give the value
    /// of `name` from a file or a variable.
    void properties(const std::string& name, std::map<std::string, std::string>& target, const std::string& description,
                    Check<std::string> check_name);
    /// [[name]]: `describe(Schema&, T&)` adds the keys of one table.
    template <typename T, typename Describe>
    void tables(const std::string& name, std::vector<T>& target, const std::string& description, Describe describe,
                bool required = false);
    /// A key of a shape that is not foreseen here; section and key are filled in.
    void custom(const std::string& name, Property property);

    /// Stores what `root` and the environment say; reports everything that is wrong or unknown.
    void read(const Node& root, Reading& reading) const;
    /// The same for a table inside the file, which the environment cannot override. `path` stands before its keys in
    /// messages: "search[1].".
    void read_nested(const Node& table, const std::string& path, Reading& reading) const;

    [[nodiscard]] const std::vector<Property>& properties() const { return properties_; }
    /// At least one as soon as there is a key.
    [[nodiscard]] const std::vector<Section>& sections() const { return sections_; }

  private:
    void add_boolean(const std::string& name, const std::string& current, const std::string& description,
                     std::function<void(bool)> set);
    void add_integer(const std::string& name, std::int64_t current, const std::string& description, Range range,
                     std::function<void(std::int64_t)> set);
    void add_choice(const std::string& name, const std::string& current, const std::vector<std::string>& names,
                    const std::string& description, bool required, std::function<void(std::size_t)> set);
    enum class Overrides { from_environment, none };
    void read_table(const Node& root, const std::string& path, Overrides overrides, Reading& reading) const;
    void report_unknown(const Node& table, const std::string& prefix, const std::string& path, Reading& reading) const;
    [[nodiscard]] std::string nearest_key(const std::string& key) const;

    std::vector<Section> sections_;
    std::vector<Property> properties_;
};

template <typename Enum>
void Schema::choice(const std::string& name, Enum& target, const std::vector<std::pair<std::string, Enum>>& choices,
                    const std::string& description, bool required) {
    std::vector<std::string> names;
    std::string current;
    for (const auto& [text, value] : choices) {
        names.push_back(text);
        if (value == target) {
            current = text;
        }
    }
    add_choice(name, required ? "" : current, names, description, required,
               [&target, choices](std::size_t chosen) { target = choices.at(chosen).second; });
}

template <typename Enum>
void Schema::choice_or_boolean(const std::string& name, Enum& target,
                               const std::vector<std::pair<std::string, Enum>>& choices, Enum if_true, Enum if_false,
                               const std::string& description) {
    choice(name, target, choices, description);
    Property& property = properties_.back();
    allow_booleans(property);
    property.read = [&target, if_true, if_false, read_text = std::move(property.read)](
                        const Node& node, const std::string& key, Reading& reading) {
        if (const auto boolean = boolean_of(node)) {
            target = *boolean ? if_true : if_false;
        } else {
            read_text(node, key, reading);
        }
    };
}

template <typename T, typename Describe>
void Schema::tables(const std::string& name, std::vector<T>& target, const std::string& description, Describe describe,
                    bool required) {
    Property property;
    property.shape = Shape::tables;
    property.type = "tables";
    property.required = required;
    property.description = description;
    T sample{};
    Schema columns;
    describe(columns, sample);
    property.columns = columns.properties();
    for (Property& column : property.columns) {
        column.read = nullptr;  // it is bound to the sample
    }
    property.read = [&target, describe](const Node& node, const std::string& key, Reading& reading) {
        const Node::List* list = node.list();
        if (list == nullptr) {
            reading.add(node, key, {"must be a list of tables", "write each as [[" + key + "]]"});
            return;
        }
        target.clear();
        for (const Node& table : *list) {
            T& element = target.emplace_back();
            const std::string path = key + '[' + std::to_string(target.size()) + ']';
            if (table.table() == nullptr) {
                reading.add(table, path, {"must be a table", "write each as [[" + key + "]]"});
                continue;
            }
            Schema keys;
            describe(keys, element);
            keys.read_nested(table, path + '.', reading);
        }
    };
    custom(name, std::move(property));
}

}  // namespace entstream::config
