#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace entstream::chaos {

/// Random choices that are the same for the same seed on every machine.
class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    /// 0 ... limit - 1
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }
    bool one_in(std::size_t n) { return below(n) == 0; }
    template <typename Value>
    const Value& one_of(const std::vector<Value>& values) {
        return values.at(below(values.size()));
    }
    template <typename Value>
    void shuffle(std::vector<Value>& values) {
        for (std::size_t left = values.size(); left > 1; --left) {
            std::swap(values[left - 1], values[below(left)]);
        }
    }

  private:
    std::mt19937_64 engine_;
};

}  // namespace entstream::chaos
