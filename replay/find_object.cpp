#include "replay/find_object.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "common/kafka/log_reader.hpp"
#include "common/ldap/dn.hpp"
#include "common/model/after_image.hpp"
#include "common/model/topics.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/map/text.hpp"
#include "consumer/merge/object_lookup.hpp"
#include "consumer/read/decode.hpp"
#include "consumer/read/log_record.hpp"

namespace entstream::replay {

using consumer::merge::KnownObject;
using runtime::ExitCode;
using runtime::ProgramError;

namespace {

KeyKind key_kind_of(const std::string& kind) {
    return kind == "user" ? KeyKind::user : kind == "cohort" ? KeyKind::group : KeyKind::role;
}

/// "ENS" of "cn=ENS,ou=roles".
std::string first_value_of(const std::string& dn) {
    const auto equals = dn.find('=');
    const auto comma = dn.find(',', equals == std::string::npos ? 0 : equals);
    return equals == std::string::npos ? std::string() : dn.substr(equals + 1, comma - equals - 1);
}

/// Whether a record is of the entry that is meant; by whatever name it has at that moment.
class NameOnLog {
  public:
    NameOnLog(const consumer::map::Mapper& mapper, std::string kind, const std::string& name)
        : mapper_(mapper),
          kind_(std::move(kind)),
          name_(consumer::map::with_case(name, consumer::map::LetterCase::lower)),
          dn_(name.find('=') == std::string::npos ? std::nullopt : ldap::normalise_dn(name)) {}

    [[nodiscard]] bool is_dn() const { return dn_.has_value(); }

    [[nodiscard]] bool fits(const consumer::read::DecodedRecord& record) const {
        const v1::Change& change = record.change;
        if (dn_) {
            return !change.dn().empty() && ldap::normalise_dn(change.dn()) == dn_;
        }
        if (change.operation() == v1::OPERATION_DELETE) {
            return false;
        }
        const AfterImage image(change.attributes());
        const auto is_name = [this](const std::string& text) {
            return !text.empty() && consumer::map::with_case(text, consumer::map::LetterCase::lower) == name_;
        };
        if (kind_ == "user") {
            const consumer::UserDelta user = mapper_.user(record.key.uuid, 0, image);
            return is_name(user[consumer::UserField::username].value_or("")) ||
                   is_name(user[consumer::UserField::idnumber].value_or("")) ||
                   is_name(user[consumer::UserField::email].value_or(""));
        }
        if (kind_ == "cohort") {
            const consumer::CohortDelta cohort = mapper_.cohort(record.key.uuid, 0, image);
            return is_name(cohort.idnumber) || is_name(cohort.name);
        }
        return is_name(first_value_of(change.dn()));
    }

  private:
    const consumer::map::Mapper& mapper_;
    std::string kind_;
    std::string name_;
    std::optional<std::string> dn_;
};

/// What entstream's tables have of an entry with this one attribute, as the mapping makes names of it.
std::vector<KnownObject> named_like(const Context& context, const std::string& kind, const std::string& attribute,
                                    const std::string& value) {
    // The name alone is mapped: filters would ask for the rest of the entry.
    consumer::map::MappingConfig mapping = context.config.mapping;
    const std::string has_name = "(" + attribute + "=*)";
    for (std::string* filter : {&mapping.users.select, &mapping.cohorts.select, &mapping.roles.select}) {
        *filter = has_name;
    }
    for (consumer::map::UserType& type : mapping.users.types) {
        type.filter = has_name;
    }
    const consumer::map::Mapper mapper(mapping);
    v1::Change change;
    v1::Attribute& only = *change.add_attributes();
    only.set_name(attribute);
    only.add_values(value);
    const AfterImage image(change.attributes());
    const consumer::merge::ObjectLookup lookup(context.config);
    if (kind == "user") {
        const auto username = mapper.user(Uuid(), 0, image)[consumer::UserField::username];
        return username ? lookup.persons(*username) : std::vector<KnownObject>();
    }
    if (kind == "cohort") {
        const std::string idnumber = mapper.cohort(Uuid(), 0, image).idnumber;
        return idnumber.empty() ? std::vector<KnownObject>() : lookup.cohorts(idnumber);
    }
    const consumer::RoleDelta role = mapper.role(Uuid(), 0, image);
    return role.present ? lookup.roles(role) : std::vector<KnownObject>();
}

/// Whether the record that was applied last of an entry has the name.
bool is_proven(const Context& context, const KnownObject& known, const NameOnLog& wanted) {
    constexpr std::chrono::seconds patience{10};
    try {
        kafka::LogReader reader(context.config.kafka,
                                Topics::of(context.config.kafka.topic_prefix, known.source).changes, *known.version);
        const auto raw = reader.poll(patience);
        consumer::read::DecodedRecord record;
        return raw && raw->offset() == *known.version && raw->value() &&
               consumer::read::decode(consumer::read::LogRecord::of(*raw), record) && wanted.fits(record);
    } catch (const kafka::OffsetOutOfRange&) {
        return false;  // another log: it is looked for there
    }
}

/// The entries that have this DN, or cn, according to the record that was applied last of each.
std::vector<KnownObject> in_tables(const Context& context, const std::string& kind, const std::string& name) {
    const consumer::map::Mapper mapper(context.config.mapping);
    const NameOnLog wanted(mapper, kind, name);
    if (!wanted.is_dn() && kind != "role") {
        return {};
    }
    std::vector<KnownObject> found = named_like(context, kind, wanted.is_dn() ? name.substr(0, name.find('=')) : "cn",
                                                wanted.is_dn() ? first_value_of(name) : name);
    std::erase_if(found, [&](const KnownObject& one) {
        return !one.uuid || !one.version || *one.version < 0 || !is_proven(context, one, wanted);
    });
    return found;
}

/// Entries that have the name now; if there are none, those that had it once.
std::vector<KnownObject> on_logs(const Context& context, const std::string& kind, const std::string& name,
                                 Progress& progress) {
    const consumer::map::Mapper mapper(context.config.mapping);
    const NameOnLog wanted(mapper, kind, name);
    std::vector<KnownObject> now;
    std::vector<KnownObject> once;
    for (const std::string& source : context.config.sources) {
        std::map<Uuid, bool> entries;  // whether the newest record has the name
        consumer::read::DecodedRecord record;
        progress.begin("looking for it on the log of " + source);
        progress.say("source " + source + ": looking for it on the whole log; a UUID would be found at once");
        kafka::read_to_end(
            context.config.kafka, Topics::of(context.config.kafka.topic_prefix, source).changes,
            [&](const kafka::Record& raw) {
                const auto view = consumer::read::LogRecord::of(raw);
                progress.show(view.offset, 0);
                ParsedKey key;
                if (!view.value || !parse_key(view.key, key) || key.kind != key_kind_of(kind) ||
                    !consumer::read::decode(view, record)) {
                    return;
                }
                if (wanted.fits(record)) {
                    entries[key.uuid] = true;
                } else if (const auto known = entries.find(key.uuid); known != entries.end()) {
                    known->second = false;
                }
            },
            [&] { return !context.stop.requested(); });
        for (const auto& [uuid, has_it] : entries) {
            KnownObject found{.kind = kind, .source = source, .uuid = uuid, .moodle_id = 0, .version = {}};
            (has_it ? now : once).push_back(found);
        }
    }
    return now.empty() ? once : now;
}

[[noreturn]] void refuse_several(const std::string& kind, const std::vector<KnownObject>& found) {
    std::string which;
    for (const KnownObject& one : found) {
        which += fmt::format("{}{}", which.empty() ? "" : ", ",
                             one.moodle_id > 0 ? fmt::format("Moodle's id {}", one.moodle_id) : one.uuid->to_text());
    }
    throw ProgramError(ExitCode::refused,
                       fmt::format("several have this name ({}: {}): give its id or UUID instead", kind, which));
}

}  // namespace

FoundObject find_object(const Context& context, const std::string& kind, const std::string& name, Progress& progress) {
    const consumer::merge::ObjectLookup lookup(context.config);
    std::vector<KnownObject> found;
    const auto known_entry = [&](const Uuid& uuid) {
        std::vector<KnownObject> known = lookup.entry(uuid);
        std::erase_if(known, [&](const KnownObject& one) { return one.kind != kind; });
        return known;
    };
    const std::optional<Uuid> uuid = Uuid::from_text(name);
    if (uuid) {
        found = known_entry(*uuid);
        if (found.empty()) {
            found.push_back(
                {.kind = kind, .source = context.config.sources.front(), .uuid = uuid, .moodle_id = 0, .version = {}});
        }
    } else if (kind == "user") {
        found = lookup.persons(name);
    } else if (kind == "cohort") {
        found = lookup.cohorts(name);
    }
    if (found.empty()) {
        found = in_tables(context, kind, name);
    }
    if (found.empty()) {
        found = on_logs(context, kind, name, progress);
        if (found.size() == 1) {
            if (const auto known = known_entry(*found.front().uuid); !known.empty()) {
                found = known;
            }
        }
    }
    if (found.empty()) {
        throw ProgramError(ExitCode::no_such_entry, fmt::format("neither Moodle nor a log has a {} of this name",
                                                                kind == "user"     ? "person"
                                                                : kind == "cohort" ? "cohort"
                                                                                   : "role object"));
    }
    if (found.size() > 1) {
        refuse_several(kind, found);
    }
    if (kind == "cohort" && !found.front().uuid) {
        // A group may wait for what this cohort, which is another's, has: its ID number.
        const std::vector<KnownObject> waiting = on_logs(context, kind, name, progress);
        if (waiting.size() == 1) {
            const auto known = known_entry(*waiting.front().uuid);
            found = known.empty() ? waiting : known;
        }
    }
    const KnownObject& one = found.front();
    if (!one.uuid) {
        throw ProgramError(ExitCode::no_such_entry,
                           fmt::format("Moodle's {} {} is not linked to any entry of the directory: entstream has "
                                       "nothing to do with it",
                                       kind == "user" ? "account" : kind, one.moodle_id));
    }
    return {.uuid = *one.uuid, .source = one.source, .kind = kind, .moodle_id = one.moodle_id, .applied = one.version};
}

}  // namespace entstream::replay
