#include "common/log/log.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <ctime>
#include <memory>
#include <string_view>
#include <utility>

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
    explicit JsonFormatter(std::string program) : program_(std::move(program)) {}

    void format(const spdlog::details::log_msg& event, spdlog::memory_buf_t& line) override {
        const nlohmann::ordered_json object = {{"time", utc_time(event.time)},
                                               {"level", level_name(event.level)},
                                               {"program", program_},
                                               {"message", view(event.payload)}};
        line.append(object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
        line.push_back('\n');
    }

    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<JsonFormatter>(program_);
    }

  private:
    std::string program_;
};

}  // namespace

void set_up(const LogConfig& config, const std::string& program) {
    auto logger = std::make_shared<spdlog::logger>(program, std::make_shared<spdlog::sinks::stderr_sink_mt>());
    if (config.format == "json") {
        logger->set_formatter(std::make_unique<JsonFormatter>(program));
    } else {
        logger->set_formatter(std::make_unique<TextFormatter>(program));
    }
    logger->set_level(spdlog::level::from_str(config.level));
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace entstream::log
