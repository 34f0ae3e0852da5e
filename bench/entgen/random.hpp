#pragma once

#include <cstdint>
#include <initializer_list>

namespace entstream::entgen {

/// Stream of draws (splitmix64) that its key alone decides. Nothing is kept between persons: whoever needs an
/// attribute again, in another entry or another run, makes the stream again from the same key.
/// The distributions of the standard library are not used: their results differ between implementations.
class Random {
  public:
    /// \param key seed, purpose, and the numbers of what is drawn for; the order matters
    Random(std::initializer_list<std::uint64_t> key);

    std::uint64_t next();
    /// \returns a number from 0 to n - 1. \pre n > 0
    int below(int n);
    /// \returns true once in n draws.
    bool one_in(int n) { return below(n) == 0; }

  private:
    std::uint64_t state_ = 0;
};

/// First number of a key: keeps draws for different purposes apart. Never renumber: it changes every region.
namespace purpose {
constexpr std::uint64_t school = 1;
constexpr std::uint64_t family = 2;
constexpr std::uint64_t identity = 3;
constexpr std::uint64_t surname = 4;
constexpr std::uint64_t choice = 5;
constexpr std::uint64_t uid = 6;
constexpr std::uint64_t person = 7;
constexpr std::uint64_t entry_uuid = 8;
}  // namespace purpose

}  // namespace entstream::entgen
