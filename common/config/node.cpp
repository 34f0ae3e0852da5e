#include "common/config/node.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "common/config/config_error.hpp"

namespace entstream::config {

namespace {

std::string place_of(const std::string& file, const toml::source_region& region) {
    return file + ':' + std::to_string(region.begin.line);
}

Node convert(const toml::node& source, const std::string& file) {
    Node node{.value = Unsupported{}, .place = place_of(file, source.source())};
    if (const auto* text = source.as_string()) {
        node.value = text->get();
    } else if (const auto* integer = source.as_integer()) {
        node.value = integer->get();
    } else if (const auto* number = source.as_floating_point()) {
        node.value = number->get();
    } else if (const auto* boolean = source.as_boolean()) {
        node.value = boolean->get();
    } else if (const auto* array = source.as_array()) {
        Node::List list;
        for (const toml::node& element : *array) {
            list.push_back(convert(element, file));
        }
        node.value = std::move(list);
    } else if (const auto* table = source.as_table()) {
        Node::Table entries;
        for (const auto& [key, element] : *table) {
            entries.emplace(std::string(key.str()), convert(element, file));
        }
        node.value = std::move(entries);
    }
    return node;
}

}  // namespace

std::string_view Node::type_name() const {
    constexpr std::array<std::string_view, std::variant_size_v<decltype(value)>> names = {
        "a date or time", "text", "a whole number", "a number with a fraction", "true or false", "a list", "a table"};
    return names.at(value.index());
}

const Node* Node::find(std::string_view dotted_key) const {
    const Node* node = this;
    while (node != nullptr && !dotted_key.empty()) {
        const std::string_view name = dotted_key.substr(0, dotted_key.find('.'));
        dotted_key.remove_prefix(std::min(name.size() + 1, dotted_key.size()));
        const Table* entries = node->table();
        if (entries == nullptr) {
            return nullptr;
        }
        const auto entry = entries->find(std::string(name));
        node = entry == entries->end() ? nullptr : &entry->second;
    }
    return node;
}

Node read_toml(const std::filesystem::path& file, std::string_view program) {
    std::error_code ignored;
    const bool directory = std::filesystem::is_directory(file, ignored);
    std::ifstream stream;
    if (!directory) {
        stream.open(file, std::ios::binary);
    }
    if (!stream.is_open()) {
        const std::string why = directory ? "is a directory" : std::strerror(errno);
        throw ConfigError({{.place = file.string(),
                            .key = {},
                            .what = "cannot read the configuration file: " + why,
                            .remedy = "name one that " + std::string(program) + " may read; `" + std::string(program) +
                                      " --help-config` prints a sample"}});
    }
    std::ostringstream text;
    text << stream.rdbuf();
    return parse_toml(text.str(), file.string());
}

Node parse_toml(std::string_view text, const std::string& name) {
    try {
        Node root = convert(toml::parse(text, name), name);
        root.place = name;
        return root;
    } catch (const toml::parse_error& error) {
        throw ConfigError({{.place = place_of(name, error.source()),
                            .key = {},
                            .what = "is not valid TOML: " + std::string(error.description()),
                            .remedy = "correct this line (text must be quoted; a section may stand only once)"}});
    }
}

std::string quote(std::string_view text) {
    if (text.find('\\') != std::string_view::npos && text.find_first_of("'\n\t") == std::string_view::npos) {
        return '\'' + std::string(text) + '\'';
    }
    std::string quoted = "\"";
    for (const char c : text) {
        switch (c) {
            case '"':
            case '\\':
                quoted += '\\';
                quoted += c;
                break;
            case '\n':
                quoted += "\\n";
                break;
            case '\t':
                quoted += "\\t";
                break;
            default:
                quoted += c;
        }
    }
    return quoted + '"';
}

std::string quote_key(std::string_view key) {
    const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
        return c < 0x80 && (std::isalnum(c) != 0 || c == '_' || c == '-');
    });
    return bare ? std::string(key) : quote(key);
}

}  // namespace entstream::config
