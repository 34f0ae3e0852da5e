#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace entstream::test {

/// A directory of its own under the system's temporary directory, removed with all it holds at the end.
class TempDir {
  public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Writes a file into it. \returns its path
    [[nodiscard]] std::filesystem::path write(std::string_view name, std::string_view text) const;

  private:
    std::filesystem::path path_;
};

}  // namespace entstream::test
