#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/config/config_error.hpp"
#include "common/config/environment.hpp"
#include "common/config/node.hpp"

namespace entstream::config {

/// What is wrong with a value, and what to do about it.
struct Fault {
    std::string what;
    std::string remedy;
};

/// One reading of a configuration: where it comes from, and everything that is found wrong, to be said at once.
class Reading {
  public:
    Reading(std::filesystem::path file, Environment environment)
        : file_(std::move(file)), environment_(std::move(environment)) {}

    void add(const Node& node, std::string key, Fault fault);
    /// For what has no place of its own, such as a missing key.
    void add(std::string key, Fault fault);
    /// At the key of `table`, or at the table where that key is not written there. `path` stands before the key.
    void add_at(const Node& table, const std::string& key, Fault fault, const std::string& path = {});
    void warn(const Node& node, std::string_view key, std::string_view what);

    [[nodiscard]] const std::filesystem::path& file() const { return file_; }
    [[nodiscard]] const Environment& environment() const { return environment_; }
    [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

    /// \throws ConfigError when there is any problem
    void throw_problems() const;

  private:
    std::filesystem::path file_;
    Environment environment_;
    std::vector<Problem> problems_;
    std::vector<std::string> warnings_;
};

}  // namespace entstream::config
