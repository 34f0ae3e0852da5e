#include "replay/run_trace.hpp"

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/util/time_util.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <set>
#include <system_error>
#include <utility>

#include "common/model/topics.hpp"
#include "consumer/app/mapped_entry.hpp"
#include "consumer/app/planning.hpp"
#include "consumer/map/trace.hpp"
#include "replay/objects_output.hpp"

namespace entstream::replay {

using consumer::Offset;
using consumer::app::MappedEntry;
using consumer::map::Trace;
using consumer::merge::Decision;
using consumer::merge::Facts;
using consumer::merge::PlannedObject;
using consumer::merge::ReplayUnit;
using consumer::read::DecodedRecord;
using runtime::ExitCode;
using runtime::ProgramError;

namespace {

constexpr const char* unchanged = "unchanged";

/// Readable by its owner only, also where it was there with other rights.
std::FILE* make_private_file(const std::string& name) {
    constexpr mode_t owner_only = 0600;
    const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_only);
    struct stat status {};
    if (file >= 0 && ::fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
        static_cast<void>(::fchmod(file, owner_only));
    }
    return file < 0 ? nullptr : ::fdopen(file, "w");
}

[[noreturn]] void raise_of_trace(const std::string& name) {
    throw ProgramError(ExitCode::config, "trace " + name + ": " + std::generic_category().message(errno));
}

nlohmann::json changes_of(const PlannedObject& object) {
    return object.changes.empty() ? nlohmann::json::object() : nlohmann::json::parse(object.changes);
}

/// What Moodle has of the columns that change.
Facts former_values(const nlohmann::json& changes) {
    Facts facts;
    for (const auto& [column, values] : changes.items()) {
        if (values.at(0).is_string()) {
            facts[column] = values.at(0);
        } else if (!values.at(0).is_null()) {
            facts[column] = values.at(0).dump();
        }
    }
    return facts;
}

/// By what name a column's change is known of the fields that the mapping fills.
std::string column_of(const Trace::Field& field, const MappedEntry& mapped) {
    constexpr std::string_view profile_prefix = "profile field ";
    if (field.name.starts_with(profile_prefix)) {
        return "profile." + field.name.substr(profile_prefix.size());
    }
    const consumer::app::MappedValue* const value = mapped.value_of(field);
    return value == nullptr ? std::string() : value->column;
}

/// Which steps of the mapping say something about what becomes of an object.
class Told {
  public:
    Told(const PlannedObject& object, const MappedEntry& mapped, bool tells_all)
        : changes_(changes_of(object)), of_cohort_(object.entity == "cohort") {
        const bool stays = object.action == unchanged;
        everything_ = tells_all || !mapped.present || (!stays && object.action != "updated") ||
                      (object.action == "updated" && object.entity == "role");
        for (const Trace::Field& field : mapped.trace.fields) {
            const std::string column = column_of(field, mapped);
            const bool changes = !column.empty() && changes_.contains(column);
            if ((everything_ || changes) && (!of_cohort_ || field.name.starts_with("cohort"))) {
                fields_.push_back(&field);
            }
            if (changes) {
                changes_.erase(column);
            }
        }
    }

    [[nodiscard]] bool selection() const { return everything_; }
    [[nodiscard]] const std::vector<const Trace::Field*>& fields() const { return fields_; }
    /// What changes and is not the mapping's: {"suspended": [1, 0]}.
    [[nodiscard]] const nlohmann::json& others() const { return changes_; }

  private:
    nlohmann::json changes_;
    bool of_cohort_;
    bool everything_{};
    std::vector<const Trace::Field*> fields_;
};

std::string observed_at(const v1::Change& change) {
    return google::protobuf::util::TimeUtil::ToString(change.observed_at());
}

/// "user updated 0a…1 jdupont: Moodle has it as it should be"
std::string describe(const PlannedObject& object) {
    std::string text = object.entity + ' ' + object.action;
    const auto add = [&text](const char* before, const std::string& word) {
        text += word.empty() ? "" : before + word;
    };
    add(" ", object.uuid);
    add(" ", object.subject);
    add(object.entity == "member" ? " in group " : " by role object ", object.parent);
    add(": ", object.reason);
    return text;
}

/// " (source rennes, offset 17, UPDATE, LIVE, CSN …)"; empty: no record says so.
std::string where_it_stands(const std::string& source, std::optional<Offset> offset, const DecodedRecord* record) {
    if (!offset) {
        return {};
    }
    if (record == nullptr) {
        return fmt::format(" (source {}, offset {}, which is not on the log any more)", source, *offset);
    }
    const v1::Change& change = record->change;
    return fmt::format(" ({}, {})", consumer::app::describe_record(source, *offset, change),
                       change.csn().empty() ? "observed " + observed_at(change) : "CSN " + change.csn());
}

void add_record(nlohmann::json& json, const v1::Change& change) {
    json["operation"] = v1::Operation_Name(change.operation());
    json["phase"] = v1::Phase_Name(change.phase());
    json["dn"] = change.dn();
    json["csn"] = change.csn();
    json["observed_at"] = observed_at(change);
}

void add_mapping(nlohmann::json& json, const Told& told, const MappedEntry& mapped) {
    nlohmann::json fields = nlohmann::json::array();
    for (const Trace::Field* field : told.fields()) {
        fields.push_back({{"field", field->name}, {"steps", field->steps}});
        if (const auto* const value = mapped.value_of(*field); value != nullptr && value->value) {
            fields.back()["value"] = *value->value;
        }
    }
    json["fields"] = fields;
    if (told.selection()) {
        json["selection"] = mapped.trace.selection;
    }
    if (const std::string outcome = consumer::app::describe_outcome(mapped); !outcome.empty()) {
        json["outcome"] = outcome;
    }
}

std::vector<std::string> lines_of(const Told& told, const MappedEntry& mapped, const Facts& former) {
    std::vector<std::string> lines;
    if (told.selection()) {
        for (const std::string& filter : mapped.trace.selection) {
            lines.push_back("    " + filter);
        }
    }
    if (const std::string outcome = consumer::app::describe_outcome(mapped); !outcome.empty()) {
        lines.push_back("    " + outcome);
    }
    for (const Trace::Field* field : told.fields()) {
        lines.push_back(fmt::format("    {}{}{}", consumer::app::describe_field(*field, mapped, former),
                                    field->steps.empty() ? "" : "; ", fmt::join(field->steps, "; ")));
    }
    return lines;
}

/// What a unit of a plan is about, as far as objects of a plan name it; nullopt: nothing.
std::optional<PlannedObject> object_of(const nlohmann::json& unit) {
    const std::string kind = unit.at("kind");
    const bool is_entry = kind == "user" || kind == "cohort";
    const auto& row = unit.at("row");
    const auto uuid = row.find(is_entry ? "uuid" : kind == "triple" ? "user_uuid" : "member");
    if (kind == "profile" || kind == "role" || uuid == row.end() || !uuid->is_string()) {
        return std::nullopt;
    }
    PlannedObject object;
    object.entity = is_entry                                                     ? kind
                    : kind == "triple" || row.value("parent_kind", "") == "role" ? "role_assignment"
                                                                                 : "member";
    object.uuid = *uuid;
    object.parent = row.value("parent", "");
    object.action = unchanged;
    return object;
}

std::optional<Offset> offset_of(const nlohmann::json& unit) {
    const auto& row = unit.at("row");
    return row.contains("version") ? std::optional(row.at("version").get<Offset>()) : std::nullopt;
}

}  // namespace

void add_trace_options(CLI::App& command, TraceOptions& options) {
    command.add_flag("--trace", options.to_stderr,
                     "Tell on standard error why each object is created, changed or left alone: record, rule, regex, "
                     "table. Has personal data; with --json one JSON object a line");
    command.add_option("--trace-file", options.file, "The same into this file (mode 0600)")->type_name("FILE");
}

RunTrace::RunTrace(const TraceOptions& options, bool json, const Context& context, Progress& progress)
    : context_(context),
      progress_(progress),
      json_(json),
      name_(options.file.empty() ? "on standard error" : options.file),
      file_(options.file.empty() ? stderr : make_private_file(options.file), Close{.closes = !options.file.empty()}),
      mapper_(context.config.mapping) {
    if (!file_) {
        raise_of_trace(name_);
    }
}

void RunTrace::open_log_of(const std::string& source) {
    if (!log_ || source_ != source) {
        source_ = source;
        log_.emplace(context_.config.kafka, Topics::of(context_.config.kafka.topic_prefix, source).changes);
    }
}

void RunTrace::decided(const std::string& source, const Decision& decision) {
    open_log_of(source);
    const DecodedRecord* const record = decision.version ? log_->at(*decision.version) : nullptr;
    std::optional<MappedEntry> mapped;
    if (record != nullptr && record->key.kind != KeyKind::member &&
        (decision.object.action != unchanged || tells_all_) && record->change.operation() != v1::OPERATION_DELETE) {
        mapped =
            consumer::app::map_traced(mapper_, record->key.kind, record->key.uuid, *decision.version, record->change);
    }
    const std::optional<Told> told =
        mapped ? std::optional<Told>(std::in_place, decision.object, *mapped, tells_all_) : std::nullopt;
    if (json_) {
        nlohmann::json json = consumer::app::to_json(decision.object);
        json["step"] = "planned";
        json["source"] = source;
        if (decision.version) {
            json["offset"] = *decision.version;
            json["on_log"] = record != nullptr;
        }
        if (record != nullptr) {
            add_record(json, record->change);
        }
        if (told) {
            add_mapping(json, *told, *mapped);
        }
        line(json.dump());
        return;
    }
    line(describe(decision.object) + where_it_stands(source, decision.version, record));
    const nlohmann::json changes = changes_of(decision.object);
    if (told) {
        for (const std::string& text : lines_of(*told, *mapped, former_values(changes))) {
            line(text);
        }
    }
    for (const auto& [column, values] : (told ? told->others() : changes).items()) {
        line(fmt::format("    {}: {} -> {}", column, values.at(0).dump(), values.at(1).dump()));
    }
}

void RunTrace::written(const std::string& source, const std::vector<ReplayUnit>& units,
                       const std::vector<PlannedObject>& objects) {
    std::set<std::string> touched;
    for (const PlannedObject& object : objects) {
        touched.insert(object.uuid);
        say(is_difference(object.action) ? "done" : "not done", source, object, std::nullopt);
    }
    for (const ReplayUnit& text : units) {
        const auto unit = nlohmann::json::parse(text);
        std::optional<PlannedObject> object = object_of(unit);
        if (object && touched.insert(object->uuid).second) {
            object->reason = "it is as it should be by now, or has moved on since it was planned";
            say("not done", source, *object, offset_of(unit));
        }
    }
    flush();
}

void RunTrace::left(const std::string& source, const PlannedObject& object) {
    say("left alone", source, object, std::nullopt);
}

void RunTrace::refused(const std::string& source, const ReplayUnit& unit, const std::string& why) {
    const auto parsed = nlohmann::json::parse(unit);
    const auto& row = parsed.at("row");
    PlannedObject object = object_of(parsed).value_or(PlannedObject());
    if (object.entity.empty()) {
        object.entity = parsed.at("kind");
        object.uuid = row.value("uuid", "");
    }
    object.action = "refused";
    if (const auto name = row.find("username"); name != row.end() && name->is_string()) {
        object.subject = *name;
    }
    object.reason = "the database refuses it: " + why;
    say("refused", source, object, offset_of(parsed));
    flush();
}

void RunTrace::say(std::string_view step, const std::string& source, const PlannedObject& object,
                   std::optional<Offset> offset) {
    if (json_) {
        nlohmann::json json = consumer::app::to_json(object);
        json["step"] = step;
        json["source"] = source;
        if (offset) {
            json["offset"] = *offset;
        }
        line(json.dump());
    } else {
        line(fmt::format("{}: {}{}", step, describe(object),
                         offset ? fmt::format(" (source {}, offset {})", source, *offset) : ""));
    }
}

void RunTrace::flush() {
    if (std::fflush(file_.get()) != 0) {
        raise_of_trace(name_);
    }
}

void RunTrace::line(std::string text) {
    progress_.clear();
    // Values of a directory may have anything: a line stays a line, and a terminal a terminal.
    std::replace_if(
        text.begin(), text.end(), [](unsigned char character) { return std::iscntrl(character) != 0; }, ' ');
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() || std::fputc('\n', file_.get()) == EOF) {
        raise_of_trace(name_);
    }
}

}  // namespace entstream::replay
