#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "common/config/environment.hpp"

namespace entstream::config {

/// Configuration files in a folder of their own, and an environment that only they see.
class ConfigFiles {
  public:
    explicit ConfigFiles(std::map<std::string, std::string> variables = {});
    ~ConfigFiles();
    ConfigFiles(const ConfigFiles&) = delete;
    ConfigFiles& operator=(const ConfigFiles&) = delete;

    /// Readable by the owner alone.
    std::filesystem::path write(const std::string& name, const std::string& text) const;
    void set(const std::string& variable, const std::string& value) { variables_[variable] = value; }

    [[nodiscard]] Environment environment() const;
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  private:
    std::filesystem::path folder_;
    std::map<std::string, std::string> variables_;
};

/// What a call refuses, one line a problem, without the folder's name; empty when it refuses nothing.
std::string problems_of(const std::function<void()>& call, const std::filesystem::path& folder = {});

}  // namespace entstream::config
