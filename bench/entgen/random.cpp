#include "bench/entgen/random.hpp"

namespace entstream::entgen {

namespace {

constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15;

std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
}

}  // namespace

Random::Random(std::initializer_list<std::uint64_t> key) {
    for (const std::uint64_t part : key) {
        state_ = mix(state_ + golden_ratio + mix(part + golden_ratio));
    }
}

std::uint64_t Random::next() {
    state_ += golden_ratio;
    return mix(state_);
}

int Random::below(int n) {
    const std::uint64_t high = next() >> 32;
    return static_cast<int>((high * static_cast<std::uint64_t>(n)) >> 32);
}

}  // namespace entstream::entgen
