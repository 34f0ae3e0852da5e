#include "replay/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace entstream::replay {

namespace {

constexpr std::chrono::milliseconds pause_on_terminal{200};
constexpr std::chrono::seconds pause_in_logs{5};
constexpr int width_of_bar = 20;

std::string bar(std::int64_t done, std::int64_t all) {
    const auto full = static_cast<std::size_t>(std::clamp<std::int64_t>(done * width_of_bar / all, 0, width_of_bar));
    return '[' + std::string(full, '#') + std::string(width_of_bar - full, '.') + ']';
}

}  // namespace

Progress::Progress(bool shown) : shown_(shown), terminal_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
    clear();
}

void Progress::clear() {
    if (std::exchange(on_line_, false)) {
        fmt::print(stderr, "\r\x1b[K");
        static_cast<void>(std::fflush(stderr));
    }
}

void Progress::begin(std::string what) {
    clear();
    what_ = std::move(what);
    begun_ = Clock::now();
    next_ = begun_ + (terminal_ ? Clock::duration(pause_on_terminal) : Clock::duration(pause_in_logs));
}

void Progress::show(std::int64_t done, std::int64_t all) {
    const auto now = Clock::now();
    if (!shown_ || now < next_) {
        return;
    }
    next_ = now + (terminal_ ? Clock::duration(pause_on_terminal) : Clock::duration(pause_in_logs));
    const double seconds = std::max(std::chrono::duration<double>(now - begun_).count(), 0.001);
    const double rate = static_cast<double>(done) / seconds;
    std::string text = fmt::format("{}: {}", what_, done);
    if (all > 0 && done > 0) {
        text = fmt::format("{}: {}{} of {}, {:.0f}/s, {:.0f} s left", what_, terminal_ ? bar(done, all) + ' ' : "",
                           done, all, rate, static_cast<double>(std::max<std::int64_t>(all - done, 0)) / rate);
    }
    fmt::print(stderr, "{}{}{}", terminal_ ? "\r\x1b[K" : "", text, terminal_ ? "" : "\n");
    static_cast<void>(std::fflush(stderr));
    on_line_ = terminal_;
}

void Progress::say(const std::string& text) {
    if (!shown_ || text == last_) {
        return;
    }
    last_ = text;
    fmt::print(stderr, "{}{}{}", terminal_ ? "\r\x1b[K" : "", text, terminal_ ? "" : "\n");
    static_cast<void>(std::fflush(stderr));
    on_line_ = terminal_;
}

}  // namespace entstream::replay
