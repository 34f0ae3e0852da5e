#include "common/config/secret.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>

namespace entstream::config {

namespace {

const std::string* non_empty_text(const Node& node, const std::string& key, std::string_view meaning,
                                  Reading& reading) {
    const std::string* text = node.text();
    if (text == nullptr || text->empty()) {
        reading.add(node, key, {"must be text: " + std::string(meaning), "write it in quotes"});
        return nullptr;
    }
    return text;
}

}  // namespace

std::optional<Node> secret_from_file(const Node& path, const std::string& key, Reading& reading) {
    const std::string* name = non_empty_text(path, key, "the path of a file", reading);
    if (name == nullptr) {
        return std::nullopt;
    }
    const std::filesystem::path file = reading.file().parent_path() / *name;
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream content;
    if (!stream.is_open() || !(content << stream.rdbuf())) {
        reading.add(path, key,
                    {"cannot read a secret from '" + file.string() +
                         "': " + (stream.is_open() ? "it is empty or a directory" : std::strerror(errno)),
                     "create the file with the secret as its only line, readable by this program's user alone"});
        return std::nullopt;
    }
    std::string secret = content.str();
    for (const char end : {'\n', '\r'}) {
        if (secret.ends_with(end)) {
            secret.pop_back();
        }
    }
    if (secret.empty()) {
        reading.add(path, key, {"the file '" + file.string() + "' holds no secret", "write the secret into it"});
        return std::nullopt;
    }
    return Node{.value = std::move(secret), .place = path.place};
}

std::optional<Node> secret_from_variable(const Node& variable, const std::string& key, Reading& reading) {
    const std::string* name = non_empty_text(variable, key, "the name of an environment variable", reading);
    if (name == nullptr) {
        return std::nullopt;
    }
    auto secret = reading.environment()(*name);
    if (!secret || secret->empty()) {
        reading.add(variable, key,
                    {"the environment variable " + *name + " is not set", "set it, or use the key that names a file"});
        return std::nullopt;
    }
    return Node{.value = std::move(*secret), .place = variable.place};
}

void warn_of_open_file(const Node& secret, const std::string& key, Reading& reading) {
    std::error_code error;
    const auto status = std::filesystem::status(reading.file(), error);
    if (!error && (status.permissions() & std::filesystem::perms::others_read) != std::filesystem::perms::none) {
        reading.warn(secret, key,
                     "a secret stands in a file that every user of this machine may read; chmod o-r the file, or use " +
                         key + "_file or " + key + "_env");
    }
}

}  // namespace entstream::config
