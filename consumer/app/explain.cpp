#include "consumer/app/explain.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/util/time_util.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

#include "common/kafka/log_reader.hpp"
#include "common/model/topics.hpp"
#include "consumer/app/mapped_entry.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/map/text.hpp"
#include "consumer/map/trace.hpp"
#include "consumer/merge/whereabouts.hpp"
#include "consumer/read/find_entry.hpp"
#include "consumer/read/log_record.hpp"

namespace entstream::consumer::app {

namespace {

using map::in_quotes;
using merge::Facts;

/// One entry of one source, and where it is asked for.
class Explanation {
  public:
    /// \param method  by which people are enrolled beside their roles; empty: by none
    Explanation(const map::Mapper& mapper, merge::Whereabouts& moodle, std::string method, std::string source,
                const read::FoundEntry& entry, std::ostream& out)
        : mapper_(mapper),
          moodle_(moodle),
          method_(std::move(method)),
          source_(std::move(source)),
          entry_(entry),
          out_(out) {}

    void write() {
        write_record();
        const bool knows = moodle_.has_schema();
        const std::vector<Facts> object = knows ? ask(table()) : std::vector<Facts>();
        if (entry_.change.operation() != v1::OPERATION_DELETE) {
            write_mapping(object.empty() ? Facts() : object.front());
        }
        line("Moodle");
        if (!knows) {
            line("  entstream has applied nothing to this Moodle yet");
            return;
        }
        write_object(object);
        for (const Facts& wait : ask("waits")) {
            const std::string since = has(wait, "since") ? " (since " + get(wait, "since") + ")" : "";
            line("  {}: {}{}", get(wait, "list"), get(wait, "reason"), since);
        }
        if (entry_.kind == KeyKind::user) {
            write_cohorts();
            write_roles();
            if (!method_.empty()) {
                write_enrolments();
            }
        }
    }

  private:
    template <typename... Arguments>
    void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        out_ << fmt::format(format, std::forward<Arguments>(arguments)...) << '\n';
    }

    static std::string get(const Facts& facts, const std::string& name, const std::string& otherwise = "") {
        const auto found = facts.find(name);
        return found == facts.end() ? otherwise : found->second;
    }
    static bool has(const Facts& facts, const std::string& name) { return facts.contains(name); }

    [[nodiscard]] std::string table() const {
        return entry_.kind == KeyKind::user ? "account" : entry_.kind == KeyKind::group ? "cohort" : "role";
    }
    [[nodiscard]] std::string kind() const {
        return entry_.kind == KeyKind::user ? "user" : entry_.kind == KeyKind::group ? "cohort" : "role";
    }
    [[nodiscard]] std::string key() const {
        return (entry_.kind == KeyKind::group ? "group" : kind()) + "/" + entry_.uuid.to_text();
    }
    std::vector<Facts> ask(const std::string& query) { return moodle_.ask(query, source_, entry_.uuid, kind(), key()); }

    void write_record() {
        const v1::Change& change = entry_.change;
        line("{}", key());
        line("  {}", describe_record(source_, entry_.offset, change));
        line("  DN {}", change.dn());
        if (!change.csn().empty()) {
            line("  CSN {}", change.csn());
        }
        line("  observed {}", google::protobuf::util::TimeUtil::ToString(change.observed_at()));
        if (!entry_.is_meant) {
            line("  the entry had this name once, and has it no more");
        }
        if (change.operation() == v1::OPERATION_DELETE) {
            line("  the entry left the directory, or every search of the producer");
        }
    }

    void write_mapping(const Facts& object) {
        const MappedEntry mapped = map_traced(mapper_, entry_.kind, entry_.uuid, entry_.offset, entry_.change);
        line("Mapping");
        for (const std::string& filter : mapped.trace.selection) {
            line("  {}", filter);
        }
        if (const std::string outcome = describe_outcome(mapped); !outcome.empty()) {
            line("  {}", outcome);
        }
        for (const map::Trace::Field& field : mapped.trace.fields) {
            line("  {}", describe_field(field, mapped, object));
            for (const std::string& step : field.steps) {
                line("      {}", step);
            }
        }
        for (const CohortDelta& cohort : mapped.cohorts) {
            line("  names the cohort {} {}", in_quotes(cohort.idnumber), in_quotes(cohort.name));
        }
    }

    void write_object(const std::vector<Facts>& object) {
        if (object.empty()) {
            line("  nothing is linked to it");
            return;
        }
        const Facts& facts = object.front();
        if (entry_.kind == KeyKind::user) {
            const std::string state = !has(facts, "auth")              ? "there is no such account any more"
                                      : get(facts, "deleted") == "1"   ? "deleted in Moodle"
                                      : get(facts, "suspended") == "1" ? "suspended"
                                                                       : "may log in";
            line("  account {}, {}, auth {}: {}; by the record at offset {}", get(facts, "moodle_id"),
                 get(facts, "status"), get(facts, "auth", "none"), state, get(facts, "version"));
        } else if (entry_.kind == KeyKind::group && !has(facts, "component")) {
            line("  cohort {}, {}: there is no such cohort any more; by the record at offset {}",
                 get(facts, "moodle_id"), get(facts, "status"), get(facts, "version"));
        } else if (entry_.kind == KeyKind::group) {
            line(
                "  cohort {}, {}, component {}{}: {} members, {} members wait for their account; by the record at "
                "offset {}",
                get(facts, "moodle_id"), get(facts, "status"), in_quotes(get(facts, "component")),
                get(facts, "unlocked") == "t" ? " (its lock is released)" : "", get(facts, "members"),
                get(facts, "waiting"), get(facts, "version"));
        } else {
            line("  {}: {} assignments; by the record at offset {}", place_of(facts), get(facts, "assignments"),
                 get(facts, "version"));
        }
    }

    /// What a role object names, and what of it Moodle lacks.
    static std::string place_of(const Facts& role) {
        std::string text = "role " + in_quotes(get(role, "role")) + " at level " + get(role, "level");
        if (has(role, "identifier") && !get(role, "identifier").empty()) {
            text += ", " + get(role, "context_key") + " " + in_quotes(get(role, "identifier"));
        }
        if (!has(role, "role_id")) {
            text += "; Moodle has no such role, or does not allow it at this level";
        }
        if (!has(role, "context_id")) {
            text += "; Moodle has no such object, or several";
        }
        return text;
    }

    void write_cohorts() {
        line("Cohorts");
        for (const Facts& cohort : ask("cohorts_of_person")) {
            const std::string name = has(cohort, "name")
                                         ? in_quotes(get(cohort, "idnumber")) + " " + in_quotes(get(cohort, "name"))
                                         : "group/" + get(cohort, "parent_uuid");
            const std::string state = has(cohort, "is_member") ? "member"
                                      : has(cohort, "waits")   ? "waits, the cohort is " + get(cohort, "waits")
                                      : !has(cohort, "status") ? "waits: there is no such cohort, or it is not selected"
                                      : !has(cohort, "name")   ? "no member: Moodle has no such cohort any more"
                                                               : "no member; the cohort is " + get(cohort, "status");
            line("  {}: {}", name, state);
        }
    }

    void write_roles() {
        line("Roles");
        for (const Facts& role : ask("roles_of_person")) {
            if (!has(role, "role")) {
                line("  role/{}: {}", get(role, "parent_uuid"),
                     has(role, "waits") ? "waits, unmapped: " + get(role, "waits")
                                        : "waits: there is no such role object, or it is not selected");
            } else {
                line("  {}: {}", place_of(role),
                     has(role, "is_assigned") ? "assigned" : get(role, "asks", "not assigned"));
            }
        }
    }

    void write_enrolments() {
        line("Enrolments");
        for (const Facts& course : ask("enrolments_of_person")) {
            const std::string whose = has(course, "is_ours") ? "by entstream" : "by somebody else";
            const std::string state =
                get(course, "status") == "0" ? "enrolled " + whose
                : has(course, "status")      ? "enrolled " + whose + ", and suspended"
                : has(course, "is_ours")     ? "unenrolled by somebody; a new role, or a forced run, enrols him again"
                : !has(course, "enrol_id")   ? "waits: the course has no enabled instance of this method"
                : has(course, "lacks_role")  ? "not enrolled: no role of his there is assigned"
                                             : "waits for the next sweep";
            line("  course {} {}, method {}: {}{}", get(course, "course_id"), in_quotes(get(course, "shortname")),
                 method_, state, has(course, "status") && has(course, "lacks_role") ? "; no role there is left" : "");
        }
    }

    const map::Mapper& mapper_;
    merge::Whereabouts& moodle_;
    std::string method_;
    std::string source_;
    const read::FoundEntry& entry_;
    std::ostream& out_;
};

/// Entries that the database has by that name; the log may say nothing of it any more.
std::vector<Uuid> known_by(const ConsumerConfig& config, const std::string& whom) {
    merge::Whereabouts moodle(config);
    return moodle.has_schema() ? moodle.named(map::with_case(whom, map::LetterCase::lower)) : std::vector<Uuid>();
}

}  // namespace

runtime::ExitCode explain(const ConsumerConfig& config, const std::string& whom, std::ostream& out) {
    const map::Mapper mapper(config.mapping);
    const std::vector<Uuid> known = known_by(config, whom);
    std::vector<std::pair<std::string, read::FoundEntry>> found;
    for (const std::string& source : config.sources) {
        read::EntryFinder finder(mapper, whom, known);
        kafka::read_to_end(config.kafka, Topics::of(config.kafka.topic_prefix, source).changes,
                           [&](const kafka::Record& record) { finder.look_at(read::LogRecord::of(record)); });
        for (read::FoundEntry& entry : finder.found()) {
            found.emplace_back(source, std::move(entry));
        }
    }
    // A name that somebody else has by now is his.
    const auto is_meant = [](const auto& one) { return one.second.is_meant; };
    if (std::any_of(found.begin(), found.end(), is_meant)) {
        std::erase_if(found, [&](const auto& one) { return !is_meant(one); });
    }
    if (found.empty()) {
        spdlog::error("no log of a source of this target ({}) has an entry with this UUID, DN or username",
                      fmt::join(config.sources, ", "));
        return runtime::ExitCode::no_such_entry;
    }
    merge::Whereabouts moodle(config);
    for (const auto& [source, entry] : found) {
        out << (&entry == &found.front().second ? "" : "\n");
        Explanation(mapper, moodle, config.mapping.roles.enrol, source, entry, out).write();
    }
    return runtime::ExitCode::ok;
}

}  // namespace entstream::consumer::app
