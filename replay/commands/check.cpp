#include "replay/commands/check.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "consumer/app/check.hpp"
#include "consumer/app/exit_codes.hpp"
#include "producer/app/check.hpp"
#include "producer/producer_config.hpp"

namespace entstream::replay::commands {

using runtime::ExitCode;

namespace {

struct CheckOptions {
    std::filesystem::path producer_config;
    bool json = false;
};

/// Checks one thing after the other, and goes on after what is wrong.
class Checks {
  public:
    Checks(std::ostream& out, bool json) : out_(out), json_(json) {}

    /// \returns whether nothing was wrong
    bool check(const char* what, const std::function<std::vector<std::string>()>& work) {
        std::vector<std::string> advice;
        try {
            advice = work();
        } catch (const std::exception& wrong) {
            say(what, "wrong", wrong.what());
            if (code_ == ExitCode::ok) {
                code_ = consumer::app::exit_code_of(std::current_exception());
            }
            return false;
        }
        for (const std::string& sentence : advice) {
            say(what, "advice", sentence);
        }
        if (advice.empty()) {
            say(what, "ok", "");
        }
        return true;
    }

    /// Of the first thing that is wrong.
    [[nodiscard]] ExitCode code() const { return code_; }

  private:
    void say(const char* what, const char* verdict, const std::string& words) {
        if (json_) {
            fmt::print(out_, "{}\n",
                       nlohmann::json({{"check", what}, {"verdict", verdict}, {"finding", words}}).dump());
        } else {
            fmt::print(out_, "{:<10} {:<7} {}\n", what, verdict, words);
        }
    }

    std::ostream& out_;
    bool json_;
    ExitCode code_ = ExitCode::ok;
};

ExitCode check_all(const CheckOptions& options, const Context& context) {
    Checks checks(context.out, options.json);
    const consumer::ConsumerConfig& config = context.config;
    checks.check("mapping", [&] {
        consumer::app::check_mapping(config);
        return std::vector<std::string>();
    });
    checks.check("log", [&] { return consumer::app::check_kafka(config); });
    checks.check("moodle", [&] { return consumer::app::check_database(config); });
    if (!options.producer_config.empty()) {
        std::optional<producer::ProducerConfig> producer;
        const bool is_read = checks.check("producer", [&] {
            producer = producer::load_config(options.producer_config);
            return producer->warnings;
        });
        if (is_read) {
            checks.check("directory", [&] { return producer::app::check_directory(*producer); });
            checks.check("topics", [&] { return producer::app::check_topics(*producer); });
        }
    }
    return checks.code();
}

Described describe_check(CLI::App& command) {
    const auto options = std::make_shared<CheckOptions>();
    command
        .add_option("--producer-config", options->producer_config,
                    "Configuration file of the producer: its directory and topics are checked too")
        ->type_name("FILE");
    command.add_flag("--json", options->json, "One JSON object a line");
    return {.run = [options](const Context& context) { return check_all(*options, context); }};
}

}  // namespace

Command check() {
    return {.name = "check",
            .summary = "Check configuration, log, Moodle's database and, where asked, the directory; write nothing",
            .examples = {{"", "mapping, topics, Moodle's columns and rights, what of Moodle's own is in the way"},
                         {"--producer-config producer.toml", "also the directory: its control and what it shows us"}},
            .describe = describe_check};
}

}  // namespace entstream::replay::commands
