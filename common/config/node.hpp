#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace entstream::config {

/// A date or another thing of TOML that no key of ours takes.
struct Unsupported {};

/// A value of a TOML file or of the environment, with the place it stands at.
struct Node {
    using List = std::vector<Node>;
    using Table = std::map<std::string, Node>;

    std::variant<Unsupported, std::string, std::int64_t, double, bool, List, Table> value;
    std::string place;  ///< "file:line" or "environment variable NAME"

    [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&value); }
    [[nodiscard]] const List* list() const { return std::get_if<List>(&value); }
    [[nodiscard]] const Table* table() const { return std::get_if<Table>(&value); }
    [[nodiscard]] Table* table() { return std::get_if<Table>(&value); }

    /// What the value is, for messages: "text", "a whole number" ...
    [[nodiscard]] std::string_view type_name() const;

    /// The node below this one that a dotted key names ("ldap.uri"); nullptr when there is none.
    [[nodiscard]] const Node* find(std::string_view dotted_key) const;
};

/// Reads a TOML file.
/// \returns a node with a table
/// \throws ConfigError when it cannot be read or is not TOML
Node read_toml(const std::filesystem::path& file, std::string_view program);

/// The same for a text; `name` stands for the file in messages.
Node parse_toml(std::string_view text, const std::string& name);

/// A text as TOML writes it: in single quotes when that saves doubling backslashes.
std::string quote(std::string_view text);

/// A key as TOML writes it: quoted only where it must be.
std::string quote_key(std::string_view key);

}  // namespace entstream::config
