#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

/// What metrics are told apart by. A label's value is one of an enumeration, or a name from the configuration: never
/// anything that a directory or a Moodle holds.
namespace entstream::metrics {

/// A label as the catalogue names it. `values` is what it can be, in the order of the enumeration; none: a configured
/// name.
struct LabelDescription {
    std::string_view name;
    std::string_view meaning;
    std::array<std::string_view, 16> values{};
};

/// The description of the label that values of this type are for.
template <typename T>
inline constexpr LabelDescription label;

// --- configured names ---

struct Source {
    std::string text;
};
template <>
inline constexpr LabelDescription label<Source>{"source", "`source` of the producer's configuration"};

struct Target {
    std::string text;
};
template <>
inline constexpr LabelDescription label<Target>{"target", "`target` of the consumer's configuration"};

struct Version {
    std::string text;
};
template <>
inline constexpr LabelDescription label<Version>{"version", "of the program, as `--version` says it"};

// --- both programs ---

enum class Program : std::uint8_t { producer, consumer };
template <>
inline constexpr LabelDescription label<Program>{"program", "which one", {"entstream-producer", "entstream-consumer"}};

/// What a program is doing, or waits for.
enum class State : std::uint8_t {
    starting,
    running,
    waiting_directory,
    waiting_kafka,
    waiting_database,
    waiting_approval,
    paused,
    standby,
    stopping
};
inline constexpr std::size_t states = 9;
template <>
inline constexpr LabelDescription label<State>{
    "state",
    "what it does, or what it waits for",
    {"starting", "running", "waiting_directory", "waiting_kafka", "waiting_database", "waiting_approval", "paused",
     "standby", "stopping"}};

enum class Level : std::uint8_t { trace, debug, info, warn, error };
inline constexpr std::size_t levels = 5;
template <>
inline constexpr LabelDescription label<Level>{
    "level", "importance of the line", {"trace", "debug", "info", "warn", "error"}};

enum class CertificateUse : std::uint8_t {
    ldap_ca,
    ldap_client,
    kafka_ca,
    kafka_client,
    database_ca,
    database_client,
    metrics
};
template <>
inline constexpr LabelDescription label<CertificateUse>{
    "use",
    "what the file is configured for",
    {"ldap_ca", "ldap_client", "kafka_ca", "kafka_client", "database_ca", "database_client", "metrics"}};

// --- the producer ---

enum class SourceEntity : std::uint8_t { user, group, role, member };
inline constexpr std::size_t source_entities = 4;
template <>
inline constexpr LabelDescription label<SourceEntity>{
    "entity", "kind of record on the log", {"user", "group", "role", "member"}};

enum class Operation : std::uint8_t { create, update, remove };
inline constexpr std::size_t operations = 3;
template <>
inline constexpr LabelDescription label<Operation>{
    "operation", "as the record says it", {"create", "update", "delete"}};

enum class UnreadableReason : std::uint8_t { message, no_sync_state, sync_state, sync_info, sync_done, order };
inline constexpr std::size_t unreadable_reasons = 6;
template <>
inline constexpr LabelDescription label<UnreadableReason>{
    "reason",
    "message: the LDAP message itself, its controls, or a kind that is not due; no_sync_state: an entry without Sync "
    "State "
    "Control (the sync control is not supported there, or something on the way takes it out); sync_state, sync_info, "
    "sync_done: what stands inside that control or message of RFC 4533, such as a UUID that is not 16 octets; order: a "
    "refresh ends that had ended before",
    {"message", "no_sync_state", "sync_state", "sync_info", "sync_done", "order"}};

/// Why a refresh reads everything; resume: it does not.
enum class RefreshReason : std::uint8_t {
    resume,
    first,
    interrupted,
    asked,
    provider_asked,
    rollback,
    other_directory,
    configuration,
    log_damaged,
    doubtful
};
inline constexpr std::size_t refresh_reasons = 10;
template <>
inline constexpr LabelDescription label<RefreshReason>{
    "reason",
    "resume: from the cookies, only what changed. All others read everything. first: nothing was known; interrupted: "
    "the last one did not get to its end, or what follows from a rename was not published; asked: `--ask resync`; "
    "provider_asked: the directory cannot go on from the cookie; rollback: the directory has lost changes; "
    "other_directory: the entry at its top has another UUID; configuration: a search was changed; log_damaged: the "
    "topic was cut or written by somebody else; doubtful: more was missing than is believed at once",
    {"resume", "first", "interrupted", "asked", "provider_asked", "rollback", "other_directory", "configuration",
     "log_damaged", "doubtful"}};

enum class LossReason : std::uint8_t { transient, refused, malformed, queue_full, ours };
inline constexpr std::size_t loss_reasons = 5;
template <>
inline constexpr LabelDescription label<LossReason>{
    "reason",
    "transient: network or server; refused: identity, rights or settings; malformed: a message that cannot be decoded; "
    "queue_full: the program is slower than the "
    "directory; ours: the program ended the session to begin another",
    {"transient", "refused", "malformed", "queue_full", "ours"}};

enum class TransactionResult : std::uint8_t { committed, aborted };
template <>
inline constexpr LabelDescription label<TransactionResult>{"result", "of the transaction", {"committed", "aborted"}};

enum class SourceStage : std::uint8_t { csn_to_observed, observed_to_committed };
template <>
inline constexpr LabelDescription label<SourceStage>{
    "stage",
    "csn_to_observed: from the entry's CSN, by the directory's clock, until the program makes the record; "
    "observed_to_committed: from there until the record is visible in Kafka",
    {"csn_to_observed", "observed_to_committed"}};

// --- the consumer ---

enum class TargetStage : std::uint8_t { committed_to_applied, csn_to_applied };
template <>
inline constexpr LabelDescription label<TargetStage>{
    "stage",
    "committed_to_applied: from the record's time in Kafka until Moodle's database has it; csn_to_applied: from the "
    "entry's CSN, by the directory's clock, until then",
    {"committed_to_applied", "csn_to_applied"}};

enum class TargetEntity : std::uint8_t { user, cohort, member, role_assignment, enrolment };
inline constexpr std::size_t target_entities = 5;
template <>
inline constexpr LabelDescription label<TargetEntity>{
    "entity", "what it is in Moodle", {"user", "cohort", "member", "role_assignment", "enrolment"}};

enum class Action : std::uint8_t { create, update, revive, adopt, suspend, release, remove, assign, unassign };
inline constexpr std::size_t actions = 9;
template <>
inline constexpr LabelDescription label<Action>{
    "action",
    "what was done",
    {"create", "update", "revive", "adopt", "suspend", "release", "remove", "assign", "unassign"}};

enum class SkipReason : std::uint8_t { not_newer, not_selected, unchanged };
inline constexpr std::size_t skip_reasons = 3;
template <>
inline constexpr LabelDescription label<SkipReason>{"reason",
                                                    "not_newer: a later record on the log says more; "
                                                    "not_selected: the mapping leaves the entry out; unchanged: Moodle "
                                                    "has it already",
                                                    {"not_newer", "not_selected", "unchanged"}};

enum class SqlStep : std::uint8_t { stage, plan, guard, write, commit, touch, sweep };
inline constexpr std::size_t sql_steps = 7;
template <>
inline constexpr LabelDescription label<SqlStep>{
    "step", "of a batch, or beside it", {"stage", "plan", "guard", "write", "commit", "touch", "sweep"}};

enum class ParkedReason : std::uint8_t { conflict, missing_reference, refused, other };
inline constexpr std::size_t parked_reasons = 4;
template <>
inline constexpr LabelDescription label<ParkedReason>{
    "reason", "what it waits for", {"conflict", "missing_reference", "refused", "other"}};

enum class DeadLetterReason : std::uint8_t { undecodable, unmappable, refused };
inline constexpr std::size_t dead_letter_reasons = 3;
template <>
inline constexpr LabelDescription label<DeadLetterReason>{
    "reason", "why the record was not applied", {"undecodable", "unmappable", "refused"}};

enum class RetryClass : std::uint8_t { transient, deadlock, timeout, connection };
inline constexpr std::size_t retry_classes = 4;
template <>
inline constexpr LabelDescription label<RetryClass>{
    "class", "what the database said", {"transient", "deadlock", "timeout", "connection"}};

enum class Command : std::uint8_t { sync, resync, verify, other };
inline constexpr std::size_t commands = 4;
template <>
inline constexpr LabelDescription label<Command>{
    "command", "of entstream-replay", {"sync", "resync", "verify", "other"}};

enum class RunResult : std::uint8_t { ok, differences, held, failed };
inline constexpr std::size_t run_results = 4;
template <>
inline constexpr LabelDescription label<RunResult>{"result", "of the run", {"ok", "differences", "held", "failed"}};

enum class DifferenceKind : std::uint8_t { missing, surplus, different };
inline constexpr std::size_t difference_kinds = 3;
template <>
inline constexpr LabelDescription label<DifferenceKind>{
    "kind", "of the difference, seen from Moodle", {"missing", "surplus", "different"}};

// --- of all ---

/// The value as Prometheus gets it.
template <typename T>
std::string text_of(const T& value) {
    if constexpr (std::is_enum_v<T>) {
        return std::string(label<T>.values.at(static_cast<std::size_t>(value)));
    } else {
        return value.text;
    }
}

}  // namespace entstream::metrics
