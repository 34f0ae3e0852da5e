#include "replay/commands/verify.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "common/config/units.hpp"
#include "common/model/topics.hpp"
#include "consumer/merge/overview.hpp"
#include "consumer/merge/verifications.hpp"
#include "producer/producer_config.hpp"
#include "replay/directory_comparison.hpp"
#include "replay/log_lag.hpp"
#include "replay/objects_output.hpp"
#include "replay/progress.hpp"
#include "replay/replay.hpp"
#include "replay/replay_run.hpp"
#include "replay/run_trace.hpp"

namespace entstream::replay::commands {

using consumer::merge::PlannedObject;
using consumer::merge::PlanTotal;
using runtime::ExitCode;

namespace {

constexpr std::chrono::milliseconds pause_with_consumer{200};

struct VerifyOptions {
    std::vector<std::filesystem::path> producer_configs;
    bool without_directory = false;
    bool objects = false;
    bool json = false;
    std::string wait = "30s";
    TraceOptions trace;

    [[nodiscard]] std::chrono::milliseconds patience() const { return *config::parse_duration(wait); }
};

/// Where two of the three do not agree.
struct Step {
    const char* name;  ///< in JSON
    const char* words;
};
constexpr Step directory_to_log{.name = "directory_log", .words = "directory and log"};
constexpr Step log_to_moodle{.name = "log_moodle", .words = "log and Moodle"};

/// A kind of record, as what becomes of it in Moodle is called.
std::string entity_in_moodle(const std::string& kind) {
    return kind == "group" ? "cohort" : kind == "role" ? "role_assignment" : kind;
}

/// Of a difference, seen from the log.
std::string kind_of(const std::string& operation) {
    return operation == "create" ? "missing" : operation == "delete" ? "surplus" : "different";
}

class Verification {
  public:
    Verification(const VerifyOptions& options, const Context& context)
        : options_(options),
          context_(context),
          progress_(!options.json),
          output_(context.out, format_of(options.json)) {
        if (options_.trace.is_on()) {
            trace_.emplace(options_.trace, options_.json, context_, progress_);
        }
        found_.compared = options.without_directory ? "log and Moodle" : "directory, log and Moodle";
    }

    ExitCode run() {
        const std::map<std::string, producer::ProducerConfig> producers = load_producers();
        try {
            const ExitCode code = compare(producers);
            store(code == ExitCode::temporary ? "stopped" : differences_ > 0 ? "different" : "equal");
            return code;
        } catch (const std::exception&) {
            store("failed");
            throw;
        }
    }

  private:
    ExitCode compare(const std::map<std::string, producer::ProducerConfig>& producers) {
        Replay replay(context_, progress_, trace_ ? &*trace_ : nullptr);
        for (const std::string& source : context_.config.sources) {
            const auto producer = producers.find(source);
            if ((producer != producers.end() && !compare_directory(producer->second)) ||
                !compare_moodle(replay, source)) {
                fmt::print(context_.out, "Told to stop: nothing can be said.\n");
                return ExitCode::temporary;
            }
        }
        progress_.clear();
        if (!options_.json) {
            fmt::print(context_.out, "{}\n",
                       differences_ > 0             ? fmt::format("{} differences", differences_)
                       : options_.without_directory ? "log and Moodle agree"
                                                    : "directory, log and Moodle agree");
        }
        return differences_ > 0 ? ExitCode::differences : ExitCode::ok;
    }

    /// Keeps the result where status and metrics find it; without, the comparison is worth no less.
    void store(const std::string& outcome) {
        found_.outcome = outcome;
        if (outcome != "different") {
            found_.differences.clear();
        }
        try {
            consumer::merge::store_verification(context_.config, found_);
        } catch (const std::exception& failure) {
            spdlog::warn("the result is not kept in entstream.run: {}", failure.what());
        }
    }

    /// By source. \throws runtime::ProgramError  usage
    [[nodiscard]] std::map<std::string, producer::ProducerConfig> load_producers() const {
        std::map<std::string, producer::ProducerConfig> producers;
        for (const std::filesystem::path& path : options_.producer_configs) {
            producer::ProducerConfig config = producer::load_config(path);
            const std::string source = config.source;
            producers.emplace(source, std::move(config));
        }
        for (const std::string& source : context_.config.sources) {
            if (!options_.without_directory && !producers.contains(source)) {
                throw runtime::ProgramError(
                    ExitCode::usage, fmt::format("verify: no --producer-config is of source '{}', so its directory "
                                                 "cannot be read; --without-directory compares log and Moodle only",
                                                 source));
            }
        }
        return producers;
    }

    bool compare_directory(const producer::ProducerConfig& config) {
        const DirectoryComparison comparison = compare_with_directory(
            config, options_.patience(), context_.stop, progress_, [&](const DirectoryDifference& difference) {
                if (options_.objects) {
                    say_difference(config.source, difference);
                }
            });
        if (comparison.stopped) {
            return false;
        }
        std::vector<std::pair<std::string, std::int64_t>> lines;
        for (const auto& [what, objects] : comparison.differences) {
            found_.differences.push_back({.source = config.source,
                                          .between = directory_to_log.name,
                                          .entity = entity_in_moodle(what.first),
                                          .kind = kind_of(what.second),
                                          .objects = objects});
            lines.emplace_back(fmt::format("{}: {} not on the log", what.first, what.second), objects);
        }
        std::string remark = fmt::format("{} entries compared", comparison.compared);
        if (comparison.moved > 0) {
            remark += fmt::format("; {} records were published meanwhile", comparison.moved);
        }
        if (!comparison.agrees()) {
            remark += !comparison.behind ? "; the producer says nothing: does it run?"
                      : comparison.behind->count() > 0
                          ? fmt::format("; the producer is {} s behind", comparison.behind->count())
                          : "; the producer has read what the directory announced: sync --force asks for a reconcile";
        }
        report(config.source, directory_to_log, lines, remark);
        return true;
    }

    bool compare_moodle(Replay& replay, const std::string& source) {
        const std::int64_t behind = await_consumer(source);
        const Wish wish{
            .scope = {.users = true, .cohorts = true, .roles = true, .force = true}, .object = {}, .since = {}};
        const Planned planned = replay.plan(
            source, wish,
            [&](const PlannedObject& object) {
                if (options_.objects && is_difference(object.action)) {
                    progress_.clear();
                    output_.add(source, object);
                }
            },
            nullptr);
        if (planned.stopped) {
            return false;
        }
        found_.records += planned.records;
        for (consumer::merge::Difference& difference : consumer::merge::differences_of(source, planned.totals)) {
            found_.differences.push_back(std::move(difference));
        }
        std::vector<std::pair<std::string, std::int64_t>> lines;
        for (const PlanTotal& total : planned.totals) {
            if (is_difference(total.action) || total.action == "held") {
                lines.emplace_back(
                    fmt::format("{}: {}", total.entity,
                                total.action == "held" ? "held by the guard" : "would be " + total.action),
                    total.objects);
            }
        }
        report(source, log_to_moodle, lines,
               fmt::format("{} records read{}", planned.records,
                           behind == 0  ? ""
                           : behind < 0 ? "; nobody has applied anything yet"
                                        : fmt::format("; the consumer is {} offsets behind", behind)));
        return true;
    }

    /// \returns how far a consumer is behind after all; below zero: there is none
    [[nodiscard]] std::int64_t await_consumer(const std::string& source) {
        progress_.begin("waiting for the consumer of " + source);
        const std::string topic = Topics::of(context_.config.kafka.topic_prefix, source).changes;
        const auto give_up = std::chrono::steady_clock::now() + options_.patience();
        while (true) {
            std::optional<std::int64_t> next;
            bool serves = false;
            {
                consumer::merge::Overview overview(context_.config);
                if (overview.has_schema()) {
                    const auto state = nlohmann::json::parse(overview.source(source));
                    if (state.contains("next_offset") && state["next_offset"].is_number()) {
                        next = state["next_offset"].get<std::int64_t>();
                    }
                    serves = nlohmann::json::parse(overview.target(0)).value("serves", false);
                }
            }
            if (!next) {
                return -1;
            }
            const LogLag lag = log_lag(context_.config.kafka, topic, *next);
            if (lag.behind == 0 || !serves || std::chrono::steady_clock::now() >= give_up ||
                context_.stop.wait(pause_with_consumer)) {
                return lag.behind;
            }
        }
    }

    void report(const std::string& source, const Step& step,
                const std::vector<std::pair<std::string, std::int64_t>>& lines, const std::string& remark) {
        progress_.clear();
        std::int64_t sum = 0;
        nlohmann::json by_kind = nlohmann::json::object();
        for (const auto& [what, objects] : lines) {
            sum += objects;
            by_kind[what] = objects;
        }
        differences_ += sum;
        if (options_.json) {
            fmt::print(context_.out, "{}\n",
                       nlohmann::json({{"source", source},
                                       {"between", step.name},
                                       {"differences", sum},
                                       {"by_kind", by_kind},
                                       {"remark", remark}})
                           .dump());
            return;
        }
        fmt::print(context_.out, "source {}, {}: {} ({})\n", source, step.words,
                   sum == 0 ? "equal" : fmt::format("{} differences", sum), remark);
        for (const auto& [what, objects] : lines) {
            fmt::print(context_.out, "{:>14}  {}\n", objects, what);
        }
    }

    void say_difference(const std::string& source, const DirectoryDifference& difference) {
        progress_.clear();
        if (options_.json) {
            fmt::print(context_.out, "{}\n",
                       nlohmann::json({{"source", source},
                                       {"between", directory_to_log.name},
                                       {"key", difference.key},
                                       {"operation", difference.operation}})
                           .dump());
        } else {
            fmt::print(context_.out, "  {:<8} {}\n", difference.operation, difference.key);
        }
    }

    const VerifyOptions& options_;
    const Context& context_;
    Progress progress_;
    ObjectsOutput output_;
    std::optional<RunTrace> trace_;
    std::int64_t differences_ = 0;
    consumer::merge::Verification found_{.begun_at = std::chrono::system_clock::now(), .by = name_of_operator()};
};

void check(const VerifyOptions& options) {
    if (options.producer_configs.empty() != options.without_directory) {
        throw runtime::ProgramError(ExitCode::usage,
                                    "verify: say either --producer-config FILE, of each source, to read the directory "
                                    "too, or --without-directory");
    }
}

Described describe_verify(CLI::App& command) {
    const auto options = std::make_shared<VerifyOptions>();
    command
        .add_option("--producer-config", options->producer_configs,
                    "Configuration file of a source's producer, for the directory; once for each source")
        ->type_name("FILE");
    command.add_flag("--without-directory", options->without_directory, "Compare log and Moodle only");
    command
        .add_option("--wait", options->wait,
                    "How long producer and consumer have to catch up with what changes meanwhile, before it counts as "
                    "a difference")
        ->type_name("DURATION")
        ->capture_default_str()
        ->check([](const std::string& text) {
            return config::parse_duration(text) ? std::string() : "'" + text + "' is no duration like 30s, 5m or 2h";
        });
    command.add_flag("--objects", options->objects, "Show each object that differs; has personal data");
    add_trace_options(command, options->trace);
    command.add_flag("--json", options->json, "One JSON object a line");
    return {.command = &command,
            .run = [options](const Context& context) { return Verification(*options, context).run(); },
            .check = [options] { check(*options); }};
}

}  // namespace

Command verify() {
    return {.name = "verify",
            .summary = "Compare directory, log and Moodle, change none of them. Exit status 0 only if all three agree",
            .examples = {{"--producer-config producer.toml", "once a night; 10: there are differences"},
                         {"--producer-config producer.toml --objects", "which objects, and where they differ"},
                         {"--without-directory", "where the directory cannot be reached from here"}},
            .describe = describe_verify};
}

}  // namespace entstream::replay::commands
