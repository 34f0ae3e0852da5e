#include "tests/unit/config/config_files.hpp"

#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <utility>

#include "common/config/config_error.hpp"

namespace entstream::config {

ConfigFiles::ConfigFiles(std::map<std::string, std::string> variables) : variables_(std::move(variables)) {
    std::string name = (std::filesystem::temp_directory_path() / "entstream-config-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("cannot make a folder like " + name);
    }
    folder_ = name;
}

ConfigFiles::~ConfigFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::filesystem::path ConfigFiles::write(const std::string& name, const std::string& text) const {
    std::filesystem::path file = folder_ / name;
    std::ofstream(file) << text;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return file;
}

Environment ConfigFiles::environment() const {
    return [variables = variables_](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

std::string problems_of(const std::function<void()>& call, const std::filesystem::path& folder) {
    try {
        call();
        return {};
    } catch (const ConfigError& error) {
        std::string text = error.what();
        const std::string prefix = folder.string() + '/';
        for (std::size_t at = 0; !folder.empty() && (at = text.find(prefix)) != std::string::npos;) {
            text.erase(at, prefix.size());
        }
        return text;
    }
}

}  // namespace entstream::config
