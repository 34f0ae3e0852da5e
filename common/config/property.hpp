#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/config/node.hpp"
#include "common/config/reading.hpp"

namespace entstream::config {

/// Says what is wrong with a value that has the right type; nullopt when nothing is.
template <typename T>
using Check = std::function<std::optional<Fault>(const T& value)>;

/// How a key's value is written, and whether the environment can give it.
enum class Shape {
    text,
    integer,
    boolean,
    list,    ///< of texts; comma separated in the environment
    table,   ///< free names; not from the environment
    tables,  ///< [[key]]; not from the environment
};

/// One key of a configuration file: what it means, and where its value goes. The help, the documentation and the
/// reader all work from these.
struct Property {
    std::size_t section{};  ///< its position in Schema::sections()
    std::string key;        ///< dotted, with the section: "ldap.uri"
    Shape shape{};
    std::string type;          ///< for the reader of the help: "duration", "text", "one of a, b"
    std::string default_text;  ///< as TOML; empty: none
    std::string description;
    bool required = false;
    bool secret = false;            ///< may also be given as key_file or key_env; never printed
    std::vector<Property> columns;  ///< of tables, or of a table that has no free names: its keys, relative to it
    std::string json_schema;        ///< of a value, as JSON; empty: what follows from shape and columns
    /// Names a kind of value that a text or a table of these columns gives, and that many keys take, or lists of it
    /// (tables); empty: none.
    std::string definition;

    /// Checks a value and stores it; reports what is wrong under the name `key`.
    std::function<void(const Node& node, const std::string& key, Reading& reading)> read;
};

}  // namespace entstream::config
