#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace entstream::config {

/// One thing that is wrong with a configuration.
struct Problem {
    std::string place;  ///< "file:line", the name of a file, or "environment"
    std::string key;    ///< dotted, as the file has it: "kafka.topic_prefix", "search[2].filter"; may be empty
    std::string what;
    std::string remedy;

    /// One line: place: key: what; remedy.
    [[nodiscard]] std::string to_text() const;
};

/// A configuration that cannot be used. what() has all its problems, one a line.
class ConfigError : public std::runtime_error {
  public:
    explicit ConfigError(std::vector<Problem> problems);

    [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }

  private:
    std::vector<Problem> problems_;
};

}  // namespace entstream::config
