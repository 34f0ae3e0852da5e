#include "replay/commands/dlq.hpp"

#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "common/kafka/log_reader.hpp"
#include "consumer/app/beside.hpp"
#include "consumer/app/progress.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/merge/failure.hpp"
#include "consumer/merge/target.hpp"
#include "consumer/read/batch_builder.hpp"
#include "consumer/read/dead_letters.hpp"
#include "replay/confirm.hpp"
#include "replay/dead_letters.hpp"
#include "replay/record_json.hpp"

namespace entstream::replay::commands {

using consumer::RefusedRecord;
using runtime::ExitCode;

namespace {

struct LetterOptions {
    std::vector<std::int64_t> offsets;
    bool all = false;
    bool json = false;
    bool yes = false;
};

std::string time_text(std::chrono::system_clock::time_point time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

/// Those that are named, or, with --all, those that wait.
/// \throws runtime::ProgramError  no_such_entry: there is no such letter
std::vector<const Letter*> chosen_letters(const std::vector<Letter>& letters, const LetterOptions& options) {
    std::vector<const Letter*> chosen;
    for (const std::int64_t offset : options.offsets) {
        const auto found =
            std::find_if(letters.begin(), letters.end(), [&](const Letter& letter) { return letter.offset == offset; });
        if (found == letters.end()) {
            throw runtime::ProgramError(ExitCode::no_such_entry,
                                        fmt::format("there is no dead letter {}: dlq list --all names them", offset));
        }
        chosen.push_back(&*found);
    }
    if (options.all) {
        for (const Letter& letter : letters) {
            if (letter.state == LetterState::waits) {
                chosen.push_back(&letter);
            }
        }
    }
    return chosen;
}

ExitCode list_letters(const LetterOptions& options, const Context& context) {
    std::int64_t shown = 0;
    for (const Letter& letter : read_letters(context.config, context.stop)) {
        if (!options.all && letter.state != LetterState::waits) {
            continue;
        }
        if (options.json) {
            fmt::print(context.out, "{}\n",
                       nlohmann::json({{"letter", letter.offset},
                                       {"time", time_text(letter.time)},
                                       {"state", to_text(letter.state)},
                                       {"topic", letter.topic},
                                       {"offset", letter.record_offset},
                                       {"key", octets_to_json(letter.key)},
                                       {"stage", letter.stage},
                                       {"reason", letter.reason}})
                           .dump());
        } else {
            constexpr const char* line = "{:>8}  {:<20}  {:<7}  {:<15}  {:<45}  {}\n";
            if (shown == 0) {
                fmt::print(context.out, line, "LETTER", "TIME (UTC)", "STATE", "STAGE", "KEY", "WHY");
            }
            fmt::print(context.out, line, letter.offset, time_text(letter.time), to_text(letter.state), letter.stage,
                       letter.key, letter.reason);
        }
        ++shown;
    }
    if (shown == 0 && !options.json) {
        fmt::print(context.out, "{}\n", options.all ? "there are no dead letters" : "no dead letter waits");
    }
    return ExitCode::ok;
}

ExitCode show_letters(const LetterOptions& options, const Context& context) {
    const std::vector<Letter> letters = read_letters(context.config, context.stop);
    const std::string topic = consumer::read::KafkaDeadLetters::topic_of(context.config.kafka, context.config.target);
    for (const Letter* letter : chosen_letters(letters, options)) {
        constexpr std::chrono::seconds patience{10};
        kafka::LogReader reader(context.config.kafka, topic, letter->offset);
        const auto record = reader.poll(patience);
        if (!record || record->offset() != letter->offset) {
            throw runtime::ProgramError(ExitCode::unavailable, "topic " + topic + " does not give the letter any more");
        }
        nlohmann::json shown = to_json(TopicKind::dead_letters, *record);
        shown["state"] = to_text(letter->state);
        fmt::print(context.out, "{}\n", shown.dump(2));
    }
    return ExitCode::ok;
}

/// Puts one record through the mapping of today, and what comes out into Moodle.
class LetterRetry {
  public:
    explicit LetterRetry(const Context& context)
        : context_(context), mapper_(context.config.mapping), target_(context.config) {}

    /// \returns whether nothing of it waits any more
    bool take(const Letter& letter) {
        if (letter.source.empty()) {
            return say(letter, "is of topic " + letter.topic + ", which is no source's of this target", false);
        }
        // The log's identity was checked when the consumer read the record.
        constexpr const char* any_log = "dead letter";
        consumer::read::BatchBuilder builder(mapper_, letter.source, any_log, {});
        const auto added =
            builder.add({.key = letter.key, .value = letter.value, .offset = letter.record_offset, .log_id = any_log});
        if (!added) {
            return say(letter, "still waits: " + added.error().reason, false);
        }
        const consumer::Batch batch = builder.take();
        return apply(letter, batch);
    }

  private:
    bool apply(const Letter& letter, const consumer::Batch& batch) {
        const RefusedRecord record{
            .key = letter.key, .value = letter.value.value_or(""), .version = letter.record_offset, .reason = {}};
        consumer::merge::Counts counts;
        try {
            consumer::app::work_beside(target_, &context_.stop, [&] { counts = target_.retry(batch, {record}); });
        } catch (const std::exception& failure) {
            if (consumer::merge::classify(std::current_exception()) != consumer::merge::Failure::permanent) {
                throw;
            }
            spdlog::debug("{}", failure.what());
            return say(letter, "the database still refuses it: " + letter.reason, false);
        }
        const std::string done = consumer::app::to_text(counts);
        return say(letter, done.empty() ? "nothing is left to do: Moodle has this or something newer" : done, true);
    }

    bool say(const Letter& letter, const std::string& what, bool result) {
        fmt::print(context_.out, "letter {}, {}: {}\n", letter.offset, letter.key, what);
        return result;
    }

    const Context& context_;
    consumer::map::Mapper mapper_;
    consumer::merge::MoodleTarget target_;
};

ExitCode retry_letters(const LetterOptions& options, const Context& context) {
    const std::vector<Letter> letters = read_letters(context.config, context.stop);
    LetterRetry retry(context);
    bool all_taken = true;
    for (const Letter* letter : chosen_letters(letters, options)) {
        const bool taken = retry.take(*letter);
        if (taken) {
            mark_done(context.config, {letter});
        }
        all_taken = all_taken && taken;
    }
    return all_taken ? ExitCode::ok : ExitCode::refused;
}

ExitCode drop_letters(const LetterOptions& options, const Context& context) {
    const std::vector<Letter> letters = read_letters(context.config, context.stop);
    const std::vector<const Letter*> chosen = chosen_letters(letters, options);
    if (chosen.empty()) {
        fmt::print(context.out, "no dead letter waits\n");
        return ExitCode::ok;
    }
    confirm(fmt::format("drop {} dead letters: what they say is not tried any more", chosen.size()), options.yes);
    consumer::merge::MoodleTarget target(context.config);
    for (const Letter* letter : chosen) {
        const bool is_tried_again = letter->state == LetterState::waits && !letter->source.empty() &&
                                    letter->stage == consumer::read::to_text(consumer::read::Stage::task_put);
        if (is_tried_again) {
            consumer::Batch nothing;
            nothing.source = letter->source;
            consumer::app::work_beside(target, &context.stop, [&] {
                target.retry(nothing,
                             {{.key = letter->key, .value = {}, .version = letter->record_offset, .reason = {}}});
            });
        }
    }
    mark_done(context.config, chosen);
    fmt::print(context.out, "{} dead letters dropped\n", chosen.size());
    return ExitCode::ok;
}

using LetterWork = ExitCode (*)(const LetterOptions&, const Context&);

/// \param takes_offsets  the command is about some letters, which must be named
CLI::App* add_letter_command(CLI::App& parent, const std::string& name, const std::string& summary,
                             const std::shared_ptr<LetterOptions>& options, bool takes_offsets) {
    CLI::App* const command = parent.add_subcommand(name, summary);
    command->add_flag("--all", options->all,
                      takes_offsets ? "All that wait" : "Also those that are settled or done with");
    if (takes_offsets) {
        command->add_option("letters", options->offsets, "Which letters, as dlq list numbers them")
            ->type_name("LETTER");
    }
    return command;
}

Described describe_dlq(CLI::App& command) {
    const auto options = std::make_shared<LetterOptions>();
    command.require_subcommand(1);
    add_letter_command(command, "list", "Name the letters that wait, and why", options, false)
        ->add_flag("--json", options->json, "One JSON object a line");
    add_letter_command(command, "show", "Show records as JSON; has personal data", options, true);
    add_letter_command(command, "retry", "Put records through the mapping again, and what comes out into Moodle",
                       options, true);
    add_letter_command(command, "drop", "Done with: what these records say is not tried any more", options, true)
        ->add_flag("--yes", options->yes, "Do not ask");
    const std::vector<std::pair<std::string, LetterWork>> works = {
        {"list", list_letters}, {"show", show_letters}, {"retry", retry_letters}, {"drop", drop_letters}};
    return {.run =
                [options, works, &command](const Context& context) {
                    const auto work = std::find_if(works.begin(), works.end(), [&](const auto& each) {
                        return command.got_subcommand(each.first);
                    });
                    return work->second(*options, context);
                },
            .check =
                [options, &command] {
                    if (!command.got_subcommand("list") && !options->all && options->offsets.empty()) {
                        throw runtime::ProgramError(ExitCode::usage,
                                                    "dlq: say which letters, or --all: dlq list names them");
                    }
                }};
}

}  // namespace

Command dlq() {
    return {.name = "dlq",
            .summary = "List, show, retry or drop dead letters: records that could not be applied",
            .examples = {{"list", "what waits, and why"},
                         {"show 17", "one letter with its record; has personal data"},
                         {"retry --all", "after the cause was mended"},
                         {"drop 17 --yes", "what it says is not tried any more"}},
            .describe = describe_dlq};
}

}  // namespace entstream::replay::commands
