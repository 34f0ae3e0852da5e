#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

#include "consumer/merge/replay_scope.hpp"

namespace entstream::replay {

/// The units of a plan until they are carried out, in a file without a name: a plan of a million people fits no memory.
/// Its text is gone with the object, also after a crash.
class UnitSpool {
  public:
    /// \throws std::system_error
    UnitSpool();

    void add(const consumer::merge::ReplayUnit& unit);
    [[nodiscard]] std::int64_t size() const { return size_; }

    /// The next ones, at the most so many; empty: all were given. Nothing is added any more.
    std::vector<consumer::merge::ReplayUnit> next(std::size_t most);

  private:
    struct Close {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, Close> file_;
    std::int64_t size_ = 0;
    bool reading_ = false;
};

}  // namespace entstream::replay
