#include "consumer/app/progress.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "common/log/context.hpp"

namespace entstream::consumer::app {

namespace {

double seconds(Progress::Clock::duration duration) {
    return std::chrono::duration<double>(duration).count();
}

std::int64_t per_second(std::int64_t count, Progress::Clock::duration duration) {
    constexpr double shortest = 0.001;
    return static_cast<std::int64_t>(static_cast<double>(count) / std::max(seconds(duration), shortest));
}

}  // namespace

std::string to_text(const merge::Counts& counts) {
    std::string text;
    for (std::size_t e = 0; e < merge::entity_count; ++e) {
        const auto entity = static_cast<merge::Entity>(e);
        std::string actions;
        for (std::size_t a = 0; a < merge::action_count; ++a) {
            const auto action = static_cast<merge::Action>(a);
            if (const auto count = counts(entity, action); count != 0) {
                actions += fmt::format("{}{} {}", actions.empty() ? "" : ", ", merge::to_text(action), count);
            }
        }
        if (!actions.empty()) {
            text += fmt::format("{}{} {}", text.empty() ? "" : "; ", merge::to_text(entity), actions);
        }
    }
    return text;
}

void Progress::start(const std::string& source, std::int64_t offset) {
    Source& state = sources_[source];
    state.started = now_();
    state.last_line = state.started;
    state.first_offset = offset;
    state.offset = offset;
    state.last_offset = offset;
}

void Progress::applied(const std::string& source, const merge::ApplySummary& summary, std::int64_t offset,
                       std::int64_t end) {
    Source& state = sources_.at(source);
    state.counts += summary.counts;
    state.offset = offset;
    state.end = end;
}

void Progress::caught_up(const std::string& source, std::int64_t offset) {
    Source& state = sources_.at(source);
    if (!state.loading) {
        return;
    }
    const auto now = now_();
    const std::string counts = to_text(state.counts);
    if (!counts.empty()) {
        write_line(source, state);
    }
    state.loading = false;
    const log::Context context({.source = source, .offset = offset});
    spdlog::info("source {}: caught up at offset {}, {:.1f} s after offset {}", source, offset,
                 seconds(now - state.started), state.first_offset);
    // The next change is worth a line at once.
    state.last_line = now - interval;
}

void Progress::report() {
    const auto now = now_();
    for (auto& [name, state] : sources_) {
        const bool news = state.loading ? state.offset != state.last_offset : state.counts.total() != 0;
        if (news && now - state.last_line >= interval) {
            write_line(name, state);
        }
    }
}

void Progress::write_line(const std::string& name, Source& source) {
    const auto now = now_();
    const std::string done = to_text(source.counts);
    const log::Context context({.source = name, .offset = source.offset});
    if (source.loading) {
        const std::int64_t stretch = std::max<std::int64_t>(source.end - source.first_offset, 1);
        spdlog::info("source {}: loading, offset {} of {} ({} %, {} records/s): {}", name, source.offset, source.end,
                     std::min<std::int64_t>(100, 100 * (source.offset - source.first_offset) / stretch),
                     per_second(source.offset - source.last_offset, now - source.last_line), done);
    } else {
        spdlog::info("source {}: offset {}: {}", name, source.offset, done);
    }
    source.last_line = now;
    source.last_offset = source.offset;
    source.counts = {};
}

}  // namespace entstream::consumer::app
