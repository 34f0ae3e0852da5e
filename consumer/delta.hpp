#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/model/topics.hpp"
#include "common/model/uuid.hpp"

/// What the consumer does to Moodle, between mapping and merge: the last state per key of one batch of the log.
namespace entstream::consumer {

/// Columns of mdl_user that a mapping can fill (the texts; times, flags and auth are the merge's own).
enum class UserField : std::uint8_t {
    username,
    idnumber,
    firstname,
    lastname,
    email,
    institution,
    department,
    phone1,
    phone2,
    address,
    city,
    country,
    lang,
    middlename,
    alternatename,
    description,
    maildisplay,
    timezone,
    calendartype,
    theme,
};
inline constexpr std::size_t user_field_count = 20;
inline constexpr std::array<std::string_view, user_field_count> user_field_names = {
    "username",      "idnumber",    "firstname",   "lastname", "email",        "institution", "department",
    "phone1",        "phone2",      "address",     "city",     "country",      "lang",        "middlename",
    "alternatename", "description", "maildisplay", "timezone", "calendartype", "theme"};

/// Position on the log; with the log id it is the version of whatever a record says (architecture, section 2).
using Offset = std::int64_t;

/// Moodle's context levels (mdl_context.contextlevel) that a role object or a cohort can name.
enum class ContextLevel : std::uint8_t { system = 10, user = 30, category = 40, course = 50, module = 70, block = 80 };

struct CohortDelta {
    Uuid uuid;
    Offset version{};
    bool present{};
    std::string name;
    std::string idnumber;
    std::string description;
    bool deleted{};  ///< the entry is gone, and with it all its memberships; not so when it only ceased to be selected
    /// Why the entry cannot be mapped in full, without personal data; empty: it can. What could not be made is "": a
    /// cohort that exists keeps what it has, a new one waits.
    std::string problem{};
    /// Where it is to be, at system or category level; nullopt: not mapped, or it cannot be made.
    std::optional<ContextLevel> level{};
    std::string category{};  ///< at category level: mdl_course_categories.idnumber; empty: it cannot be made
};

/// A user that must exist as mapped (present) or has left (not present: the fields are then empty).
struct UserDelta {
    Uuid uuid;
    Offset version{};
    bool present{};
    std::string created_at;  ///< createTimestamp of the entry (GeneralizedTime): decides conflicts
    std::array<std::optional<std::string>, user_field_count> fields;  ///< nullopt: not mapped, Moodle's value stays
    /// Why the entry cannot be mapped in full, without personal data; empty: it can. What could not be made is nullopt:
    /// an account that exists keeps what it has, a new one waits.
    std::string problem{};
    /// Custom profile fields ([users.profile]) by their short name, all that are mapped; "": nothing.
    std::vector<std::pair<std::string, std::string>> profile{};
    /// What attributes of the entry name ([[cohorts.from_people]]), each once and with this version: the user is a
    /// member of these and of no other one of that origin.
    std::vector<CohortDelta> cohorts;
    /// What the rule of lang gives beside its value, in order: of these the first one counts that the site lists, where
    /// it does not list the value.
    std::vector<std::string> other_languages{};

    std::optional<std::string>& operator[](UserField field) { return fields.at(static_cast<std::size_t>(field)); }
    const std::optional<std::string>& operator[](UserField field) const {
        return fields.at(static_cast<std::size_t>(field));
    }
};

struct RoleDelta {
    Uuid uuid;
    Offset version{};
    bool present{};
    std::string role;  ///< mdl_role.shortname
    ContextLevel level{};
    std::string context_key;  ///< which column identifies the instance: idnumber, id, shortname, username; empty at
                              ///< system level
    std::string context_identifier;
    bool deleted{};  ///< as in CohortDelta
    /// Why the entry names no role somewhere any more, without personal data: it is not present then, so that what it
    /// gave is taken away. Empty: nothing is wrong with it.
    std::string problem{};
};

enum class ParentKind : std::uint8_t { group, role };

/// One value of a group's or role object's member attribute.
struct MemberDelta {
    ParentKind parent_kind{};
    Uuid parent;
    ValueHash value;
    Offset version{};
    bool present{};
    std::optional<Uuid> member;  ///< nullopt: nobody known has that DN yet
};

/// A record that the database refuses (a constraint or trigger of the site's own): kept as it is on the log, to be
/// tried again. Holds personal data.
struct RefusedRecord {
    std::string key;
    std::string value;
    Offset version{};
    std::string reason;  ///< without personal data
};

struct ObjectCounts {
    std::int64_t users{};
    std::int64_t groups{};
    std::int64_t roles{};
    std::int64_t members{};
};

/// DELETEs of a stretch of the log that belong together, by the producer's word (Change.removals).
struct RemovalTotals {
    std::uint64_t generation{};
    std::string cause;         ///< "persist", "refresh" … as in v1::Cause
    ObjectCounts announced{};  ///< what they bring: the most that one of them says, known from the first
    /// Those of this stretch. One by one, so that a batch that is split counts each where its record stands.
    struct Seen {
        Offset version{};
        KeyKind kind{};
    };
    std::vector<Seen> seen;

    [[nodiscard]] ObjectCounts seen_counts() const;
};

/// When a record of the live stream came about.
struct RecordTimes {
    std::chrono::system_clock::time_point committed;               ///< in Kafka, by the producer's clock
    std::optional<std::chrono::system_clock::time_point> changed;  ///< in the directory, by its clock; persist only
};

/// One stretch of one source's log, reduced to the last state per key, ready to merge. A group or role object that was
/// deleted and came back is never reduced to its last state: the DELETE, which ends its memberships, ends the batch.
struct Batch {
    std::string source;
    std::string log_id;
    Offset first_offset{};  ///< where the stored position must stand
    Offset next_offset{};   ///< where it stands afterwards
    std::uint64_t last_sequence{};
    std::optional<std::chrono::system_clock::time_point> watermark;  ///< of the newest heartbeat in the stretch
    std::optional<std::string> published;  ///< meta/source, if it is in the stretch: v1::SourceDescription as JSON
    std::optional<RefusedRecord> refused;  ///< the record of the stretch that the database refused
    std::vector<UserDelta> users;
    std::vector<CohortDelta> cohorts;
    std::vector<RoleDelta> roles;
    std::vector<MemberDelta> members;
    std::vector<RemovalTotals>
        removals;  ///< of all DELETEs of the stretch; where it is split, in the part that comes first

    /// For metrics; of a batch as it was read only.
    struct Reading {
        std::int64_t records{};     ///< of any kind
        std::int64_t superseded{};  ///< that a later one of the log overrides
        std::int64_t unselected{};  ///< of entries that the mapping does not select
        std::vector<RecordTimes> times;
        std::optional<std::chrono::system_clock::time_point> newest_change;  ///< by the directory's clock
    };
    Reading reading{};

    [[nodiscard]] bool has_deltas() const {
        return !users.empty() || !cohorts.empty() || !roles.empty() || !members.empty();
    }
};

}  // namespace entstream::consumer
