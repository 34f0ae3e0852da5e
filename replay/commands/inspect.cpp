#include "replay/commands/inspect.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "common/kafka/log_reader.hpp"
#include "common/model/topics.hpp"
#include "consumer/read/dead_letters.hpp"
#include "replay/record_json.hpp"
#include "replay/since.hpp"

namespace entstream::replay::commands {

using runtime::ExitCode;
using std::chrono::system_clock;

namespace {

struct InspectOptions {
    std::string topic = "changes";
    std::string source;
    std::vector<std::string> kinds;
    std::string key;
    std::string since;
    std::string until;
    std::int64_t from = 0;
    std::int64_t to = std::numeric_limits<std::int64_t>::max();
    std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
};

std::string check_time(const std::string& text) {
    return time_from_text(text, system_clock::now())
               ? std::string()
               : "'" + text +
                     "' is neither a time like 2026-11-26T06:00:00Z nor how long ago it was, like 30min, 2h or 7d";
}

/// Which records are shown.
class Choice {
  public:
    explicit Choice(const InspectOptions& options) : options_(options) {
        const auto now = system_clock::now();
        if (!options.since.empty()) {
            since_ = time_from_text(options.since, now);
        }
        if (!options.until.empty()) {
            until_ = time_from_text(options.until, now);
        }
    }

    [[nodiscard]] bool has(const kafka::Record& record) const {
        const std::string key(record.key());
        return (options_.kinds.empty() ||
                std::find(options_.kinds.begin(), options_.kinds.end(), kind_of(key)) != options_.kinds.end()) &&
               (options_.key.empty() || fnmatch(options_.key.c_str(), key.c_str(), 0) == 0) &&
               (!since_ || record.timestamp() >= *since_) && (!until_ || record.timestamp() < *until_);
    }

  private:
    const InspectOptions& options_;
    std::optional<system_clock::time_point> since_;
    std::optional<system_clock::time_point> until_;
};

TopicKind kind_of_topic(const std::string& topic) {
    if (topic == "state") {
        return TopicKind::state;
    }
    return topic == "control" ? TopicKind::control : topic == "dlq" ? TopicKind::dead_letters : TopicKind::changes;
}

std::string name_of_topic(const InspectOptions& options, const consumer::ConsumerConfig& config) {
    if (options.topic == "dlq") {
        return consumer::read::KafkaDeadLetters::topic_of(config.kafka, config.target);
    }
    std::string source = options.source;
    if (source.empty()) {
        if (config.sources.size() > 1) {
            throw runtime::ProgramError(ExitCode::usage, "inspect: say which source with --source: " +
                                                             fmt::format("{}", fmt::join(config.sources, ", ")));
        }
        source = config.sources.front();
    } else if (std::find(config.sources.begin(), config.sources.end(), source) == config.sources.end()) {
        throw runtime::ProgramError(ExitCode::usage, "inspect: the configuration has no source '" + source +
                                                         "'; it has " +
                                                         fmt::format("{}", fmt::join(config.sources, ", ")));
    }
    const Topics topics = Topics::of(config.kafka.topic_prefix, source);
    return options.topic == "state" ? topics.state : options.topic == "control" ? topics.control : topics.changes;
}

ExitCode show_records(const InspectOptions& options, const Context& context) {
    constexpr std::chrono::seconds patience{30};
    constexpr std::chrono::milliseconds step{200};
    const std::string topic = name_of_topic(options, context.config);
    const kafka::KafkaConfig& config = context.config.kafka;
    const kafka::LogBounds bounds = kafka::LogReader(config, topic, 0).bounds();
    const std::int64_t end = std::min(options.to, bounds.end);
    const std::int64_t from = std::max(options.from, bounds.first);
    if (from >= end) {
        return ExitCode::ok;
    }
    kafka::LogReader reader(config, topic, from);
    const Choice choice(options);
    auto give_up = std::chrono::steady_clock::now() + patience;
    for (std::uint64_t shown = 0; shown < options.limit && reader.position() < end && !reader.at_end();) {
        const auto record = reader.poll(step);
        if (context.stop.requested()) {
            return ExitCode::temporary;
        }
        if (record && record->offset() >= end) {
            break;
        }
        if (record) {
            give_up = std::chrono::steady_clock::now() + patience;
            if (choice.has(*record)) {
                fmt::print(context.out, "{}\n", to_json(kind_of_topic(options.topic), *record).dump());
                ++shown;
            }
        } else if (std::chrono::steady_clock::now() >= give_up) {
            throw runtime::ProgramError(ExitCode::unavailable, "no broker gives records of topic " + topic +
                                                                   " within 30 s: look whether Kafka is up");
        }
    }
    return ExitCode::ok;
}

Described describe_inspect(CLI::App& command) {
    const auto options = std::make_shared<InspectOptions>();
    command.add_option("topic", options->topic, "Which topic: changes, state, control, dlq")
        ->type_name("changes|state|control|dlq")
        ->check(CLI::IsMember({"changes", "state", "control", "dlq"}))
        ->capture_default_str();
    command.add_option("--source", options->source, "Of which source, where the target has several")->type_name("NAME");
    command
        .add_option("--kind", options->kinds,
                    "What keys begin with: user, group, role, member, meta; of state: search, answer, ...")
        ->type_name("KIND");
    command.add_option("--key", options->key, "Keys like this one; * stands for anything")->type_name("PATTERN");
    command.add_option("--since", options->since, "Published at this time or later")
        ->type_name("TIME|DURATION")
        ->check(check_time);
    command.add_option("--until", options->until, "Published before this time")
        ->type_name("TIME|DURATION")
        ->check(check_time);
    command.add_option("--from", options->from, "From this offset on")
        ->type_name("OFFSET")
        ->check(CLI::NonNegativeNumber);
    command.add_option("--to", options->to, "Up to this offset, without it")
        ->type_name("OFFSET")
        ->check(CLI::NonNegativeNumber);
    command.add_option("--limit", options->limit, "At most so many records")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    return {.run = [options](const Context& context) { return show_records(*options, context); }};
}

}  // namespace

Command inspect() {
    return {.name = "inspect",
            .summary = "Show records of a topic, one JSON object a line; has personal data",
            .examples = {{"--key 'user/6b360ee8-*'", "what the log says of an entry"},
                         {"--kind group --since 2h", "groups that changed in the last two hours"},
                         {"state --kind answer", "what the producer answered to requests"},
                         {"dlq", "dead letters, with the headers that say why"}},
            .describe = describe_inspect};
}

}  // namespace entstream::replay::commands
