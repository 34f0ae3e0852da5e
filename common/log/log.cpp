#include "common/log/log.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "common/log/context.hpp"
#include "common/log/repeat_limit.hpp"

namespace entstream::log {

namespace {

std::string utc_time(std::chrono::system_clock::time_point time) {
    const auto since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
    const std::time_t seconds = since_epoch / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, since_epoch % 1000);
}

std::string_view level_name(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::warn:
            return "warn";
        case spdlog::level::err:
            return "error";
        default: {
            const auto name = spdlog::level::to_string_view(level);
            return {name.data(), name.size()};
        }
    }
}

std::string_view view(const spdlog::string_view_t& text) {
    return {text.data(), text.size()};
}

class TextFormatter : public spdlog::formatter {
  public:
    explicit TextFormatter(std::string program) : program_(std::move(program)) {}

    void format(const spdlog::details::log_msg& event, spdlog::memory_buf_t& line) override {
        fmt::format_to(std::back_inserter(line), "{} {:<5} {}: ", utc_time(event.time), level_name(event.level),
                       program_);
        // One event is one line, whatever servers say.
        for (const char c : view(event.payload)) {
            if (c == '\n') {
                line.append(std::string_view("\\n"));
            } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t') {
                line.push_back('?');
            } else {
                line.push_back(c);
            }
        }
        line.push_back('\n');
    }

    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<TextFormatter>(program_);
    }

  private:
    std::string program_;
};

class JsonFormatter : public spdlog::formatter {
  public:
    JsonFormatter(std::string program, Everywhere everywhere)
        : program_(std::move(program)), everywhere_(std::move(everywhere)) {}

    void format(const spdlog::details::log_msg& event, spdlog::memory_buf_t& line) override {
        nlohmann::ordered_json object = {
            {"time", utc_time(event.time)}, {"level", level_name(event.level)}, {"program", program_}};
        const About& about = Context::current();
        const auto add = [&object](const char* name, std::string_view value) {
            if (!value.empty()) {
                object[name] = value;
            }
        };
        add("source", about.source.empty() ? std::string_view(everywhere_.source) : about.source);
        add("target", about.target.empty() ? std::string_view(everywhere_.target) : about.target);
        if (about.offset) {
            object["offset"] = *about.offset;
        }
        add("csn", about.csn);
        object["message"] = view(event.payload);
        line.append(object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
        line.push_back('\n');
    }

    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<JsonFormatter>(program_, everywhere_);
    }

  private:
    std::string program_;
    Everywhere everywhere_;
};

/// Counted over all sinks of the process.
struct LineCounters {
    std::array<std::atomic<std::uint64_t>, Lines::level_names.size()> written{};
    std::atomic<std::uint64_t> left_out{};
};

LineCounters& line_counters() {
    static LineCounters counters;
    return counters;
}

/// Standard error, but for what repeats.
class Sink : public spdlog::sinks::base_sink<std::mutex> {
  public:
    explicit Sink(bool limited) : limited_(limited) {}

    void tell(bool all) {
        const std::lock_guard lock(mutex_);
        tell_those(all ? limit_.take_all() : limit_.take_due(RepeatLimit::Clock::now()));
    }

  protected:
    void sink_it_(const spdlog::details::log_msg& event) override {
        const auto now = RepeatLimit::Clock::now();
        tell_those(limit_.take_due(now));
        if (limited_ && event.level >= spdlog::level::warn && !limit_.passes(event.level, view(event.payload), now)) {
            ++line_counters().left_out;
            return;
        }
        write(event);
    }

    void flush_() override { std::fflush(stderr); }

  private:
    void write(const spdlog::details::log_msg& event) {
        const std::size_t level = std::min<std::size_t>(event.level, Lines::level_names.size() - 1);
        ++line_counters().written.at(level);
        spdlog::memory_buf_t line;
        formatter_->format(event, line);
        std::fwrite(line.data(), 1, line.size(), stderr);
    }

    void tell_those(const std::vector<RepeatLimit::LeftOut>& those) {
        for (const RepeatLimit::LeftOut& kind : those) {
            const std::string words = fmt::format("{} more lines like this one were left out within {} s: {}",
                                                  kind.lines, RepeatLimit::period.count(), kind.last);
            write({spdlog::source_loc{}, "", static_cast<spdlog::level::level_enum>(kind.level), words});
        }
        if (!those.empty()) {
            flush_();
        }
    }

    bool limited_;
    RepeatLimit limit_;
};

std::shared_ptr<Sink>& sink_in_use() {
    static std::shared_ptr<Sink> sink;
    return sink;
}

}  // namespace

void set_up(const LogConfig& config, const std::string& program, Everywhere everywhere) {
    tell_all_left_out();
    const auto level = spdlog::level::from_str(config.level);
    sink_in_use() = std::make_shared<Sink>(level > spdlog::level::debug);
    auto logger = std::make_shared<spdlog::logger>(program, sink_in_use());
    if (config.format == "json") {
        logger->set_formatter(std::make_unique<JsonFormatter>(program, std::move(everywhere)));
    } else {
        logger->set_formatter(std::make_unique<TextFormatter>(program));
    }
    logger->set_level(level);
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
}

void tell_left_out() {
    if (const auto& sink = sink_in_use()) {
        sink->tell(false);
    }
}

void tell_all_left_out() {
    if (const auto& sink = sink_in_use()) {
        sink->tell(true);
    }
}

Lines lines() {
    Lines result;
    for (std::size_t level = 0; level < result.written.size(); ++level) {
        result.written.at(level) = line_counters().written.at(level);
    }
    result.left_out = line_counters().left_out;
    return result;
}

}  // namespace entstream::log
