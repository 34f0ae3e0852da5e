#include "consumer/app/beside.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>

#include "consumer/merge/failure.hpp"

namespace entstream::consumer::app {

namespace {

constexpr std::chrono::seconds patience_beside{30};
constexpr std::chrono::milliseconds pause_beside{500};

}  // namespace

void work_beside(merge::MoodleTarget& target, const runtime::StopSignal* stop, const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    while (true) {
        try {
            target.open_beside();
            work();
            return;
        } catch (const std::exception& failure) {
            const merge::Failure kind = merge::classify(std::current_exception());
            const bool passes = kind == merge::Failure::transient || kind == merge::Failure::in_doubt;
            if (!passes || stop == nullptr || std::chrono::steady_clock::now() - begin >= patience_beside ||
                stop->wait(pause_beside)) {
                throw;
            }
            spdlog::debug("{}", failure.what());
        }
    }
}

}  // namespace entstream::consumer::app
