#include "common/runtime/backoff.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace entstream::runtime {

Backoff::Backoff(Milliseconds first, Milliseconds most, Random random)
    : first_(first), most_(std::max(first, most)), random_(std::move(random)) {}

Backoff::Milliseconds Backoff::next() {
    if (last_ == Milliseconds::zero()) {
        last_ = first_;
    } else {
        const std::int64_t high = std::min(most_.count(), 3 * last_.count());
        last_ = Milliseconds(random_(first_.count(), high));
    }
    return last_;
}

Backoff::Random Backoff::random_device() {
    auto engine = std::make_shared<std::minstd_rand>(std::random_device{}());
    return [engine](std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution<std::int64_t>(low, high)(*engine);
    };
}

}  // namespace entstream::runtime
