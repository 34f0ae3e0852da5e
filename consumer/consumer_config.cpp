#include "consumer/consumer_config.hpp"

#include <algorithm>

#include "common/config/checks.hpp"
#include "common/config/reading.hpp"
#include "common/config/schema.hpp"
#include "common/config/shared_sections.hpp"
#include "consumer/app/verify_schedule.hpp"
#include "consumer/map/mapping_schema.hpp"

namespace entstream::consumer {

namespace {

using config::Fault;
using config::Node;
using config::Reading;
using config::Schema;

constexpr const char* program = "entstream-consumer";

std::optional<Fault> check_identifier(const std::string& value) {
    const auto is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    if (std::all_of(value.begin(), value.end(), is_allowed)) {
        return std::nullopt;
    }
    return Fault{.what = "'" + value + "' cannot be part of a name in Moodle's database",
                 .remedy = "use lower-case letters, digits and _"};
}

/// Moodle refuses components without an underscore, and PARAM_COMPONENT wants two letters behind it.
std::optional<Fault> check_component(const std::string& value) {
    const std::size_t underscore = value.find('_');
    if (check_identifier(value) || underscore == std::string::npos || underscore == 0 ||
        value.size() < underscore + 3) {
        return Fault{.what = "'" + value + "' is not the name of a component",
                     .remedy = "write a plugin's type and name in lower case: local_entstream"};
    }
    return std::nullopt;
}

std::optional<Fault> check_institution(const std::string& value) {
    const auto is_part = [](unsigned char c) { return c > ' ' && c != 0x7F; };
    if (!value.empty() && std::all_of(value.begin(), value.end(), is_part)) {
        return std::nullopt;
    }
    return Fault{.what = "'" + value + "' is not the code of an institution",
                 .remedy = "write it as attributes of the directory have it: 0350001A"};
}

std::optional<Fault> check_schedule(const std::string& value) {
    if (app::VerifySchedule::parse(value)) {
        return std::nullopt;
    }
    return Fault{.what = "'" + value + "' is neither a time of the day nor a duration of a second or more",
                 .remedy = R"(write "03:30", or "24h")"};
}

void add_database_section(Schema& schema, DatabaseConfig& database) {
    schema.section("database", "Moodle's PostgreSQL database.");
    schema.text("host", database.host, "Host name, address, or the folder of the server's socket.");
    schema.integer("port", database.port, "Port.", {.least = 1, .most = 65535});
    schema.text("name", database.name, "Name of the database (`$CFG->dbname`).",
                {.required = true, .secret = false, .check = {}});
    schema.text("user", database.user, "PostgreSQL role that entstream writes as.",
                {.required = true, .secret = false, .check = {}});
    schema.text("password", database.password, "Its password.", {.required = false, .secret = true, .check = {}});
    const auto same = [](std::initializer_list<const char*> names) {
        std::vector<std::pair<std::string, std::string>> choices;
        for (const char* name : names) {
            choices.emplace_back(name, name);
        }
        return choices;
    };
    schema.choice("sslmode", database.sslmode,
                  same({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}),
                  "Encryption, as libpq names it. Only verify-full makes sure that it is the right server.");
    schema.text("ca_file", database.ca_file,
                "Certificates that the server's certificate is checked against, PEM. Empty: the system's.");
    schema.text("cert_file", database.cert_file,
                "Certificate that the program shows to the server, PEM; with `cert` in pg_hba.conf it stands for the "
                "password. Needs key_file.");
    schema.text("key_file", database.key_file, "Its private key, PEM, without a password, and closed to other users.");
    schema.text("prefix", database.prefix, "What the names of Moodle's tables start with (`$CFG->prefix`).",
                {.required = false, .secret = false, .check = check_identifier});
    schema.text("schema", database.schema, "Schema that Moodle's tables are in (`$CFG->dboptions['dbschema']`).",
                {.required = false, .secret = false, .check = check_identifier});
    schema.duration(
        "statement_timeout", database.statement_timeout,
        "How long one statement may take before the server cancels it. It is tried again, with twice the time: a "
        "value that is too small delays, but stops nothing.",
        std::chrono::milliseconds(100));
}

void add_guard_section(Schema& schema, GuardConfig& guard) {
    schema.section("guard",
                   "Suspensions, releases of cohorts, removals of members and of role assignments that are too many at "
                   "once are held until somebody approves them (docs/guard.md). Each of the four is counted by itself, "
                   "and each source.");
    schema.boolean("enabled", guard.enabled, "Whether anything is held.");
    schema.integer("removals", guard.removals, "So many always pass in a window.", {.least = 0, .most = 1000000000});
    schema.integer(
        "percent", guard.percent,
        "Or so many, if that is more: per cent of the source's accounts, cohorts, members or role assignments "
        "in this Moodle. 0: only `removals` counts.",
        {.least = 0, .most = 100});
    schema.integer(
        "institution_percent", guard.institution_percent,
        "The same for the people of one institution alone (mdl_user.institution): suspensions, removals of members or "
        "of role assignments are held where they are more than `removals` and more than so many per cent of its "
        "accounts, memberships or role assignments, so that one school that goes wrong is noticed among many. 100: "
        "institutions are not looked at.",
        {.least = 1, .most = 100});
    schema.duration(
        "window", guard.window,
        "How long removals are counted together. Once some are held, all that follow are, until so much time "
        "has passed without one.",
        std::chrono::seconds(1));
    schema.boolean("announced", guard.announced,
                   "Count what the producer announces from the first removal of a refresh on. It counts the whole "
                   "source: a Moodle that takes a small part of it may do without.");
}

Schema describe(ConsumerConfig& config) {
    Schema schema;
    schema.section("", "One Moodle.");
    schema.text("target", config.target,
                "Names the Moodle in Kafka's consumer group and in messages: lower-case letters, digits and -.",
                {.required = true, .secret = false, .check = config::check_name});
    schema.list("sources", config.sources, "Directories that feed it: the producers' `source`.",
                {.required = true, .check = config::check_name});
    schema.list("institutions", config.mapping.institutions,
                "Codes of the institutions (UAI, SIREN ...) that this Moodle serves, as the directory has them in any "
                "case. %ID% stands for them in filters and templates.",
                {.required = false, .check = check_institution});
    schema.text("component", config.component,
                "Owner of the cohorts and role assignments that entstream makes, as a plugin's name. Moodle lets "
                "nobody else change them.",
                {.required = false, .secret = false, .check = check_component});

    config::add_kafka_section(schema, config.kafka);
    add_database_section(schema, config.database);

    schema.section("users", "Persons become users.");
    schema.text("auth", config.auth, "Authentication plugin of the accounts that entstream makes.",
                {.required = false, .secret = false, .check = check_identifier});
    schema.choice("leaving", config.users_leaving, {{"keep", LeaverPolicy::keep}, {"suspend", LeaverPolicy::suspend}},
                  "What happens to the account of a person who left the directory.");
    map::add_user_mapping(schema, config.mapping.users);
    add_adoption(schema, config.adopt);
    map::add_group_mappings(schema, config.mapping.cohorts, config.mapping.roles);

    add_guard_section(schema, config.guard);

    schema.section("consumer", "Limits and rhythms. The defaults suit a region.");
    schema.integer("batch_records", config.batch_records,
                   "Records that one database transaction applies, at the most; in the first load of a source eight "
                   "records of members count as one. Once it is over never more than 4000 of any kind, so that no rows "
                   "of Moodle are locked for long; but twice this number, eight of members for one, where the batch "
                   "before was full and changed nothing, because it was delivered again.",
                   {.least = 1, .most = 100000});
    schema.duration("check_interval", config.check_interval,
                    "How often it is checked that the database was not restored from a backup, and references to "
                    "courses and the like are looked up again.",
                    std::chrono::milliseconds(100));
    schema.duration("audit_retention", config.audit_retention,
                    "How long entstream.audit keeps what was done, with former and new values. 0s: for ever.",
                    std::chrono::milliseconds(0));
    schema.text(
        "verify", config.verify,
        "When the running consumer compares its logs with Moodle by itself, beside the stream (docs/operating.md): "
        "a time of the day in the machine's time zone, \"03:30\", or how long after the last time, \"24h\". Empty: "
        "never.",
        {.required = false, .secret = false, .check = check_schedule});
    schema.duration("verify_most", config.verify_most, "How long that may take before it is given up.",
                    std::chrono::seconds(1));
    schema.choice_or_boolean(
        "log_rows", config.log_rows, {{"all", LogRows::all}, {"live", LogRows::live}, {"none", LogRows::none}},
        LogRows::all, LogRows::none,
        "What is written to Moodle's own log, as Moodle does it. live: not what a first load or a rebuild does, where "
        "it costs a third of the time. true means all, and false none.");

    schema.choice(
        "first_start", config.first_start, {{"ask", FirstStartPolicy::ask}, {"apply", FirstStartPolicy::apply}},
        "What the first start does where Moodle has people already. ask: it plans, says what it would do, and "
        "waits for `--approve start`. apply: it begins.");

    config::add_metrics_section(schema, config.metrics);
    config::add_log_section(schema, config.log);
    return schema;
}

/// What the program's own help adds: how a rule is written.
constexpr const char* introduction =
    R"md(Applies the changes of one or more directories to one Moodle. One process per Moodle (`target`).

A *rule* makes a text from an entry. It is a template, `"${givenName} ${sn}"`, or a table. What its keys say is done in this
order:

| key | meaning |
|---|---|
| `value` | template: text with `${attribute}` (its first value) or `${attribute[*]}` (all, with commas between); `$${` stands for `${` itself. It gives nothing if all its attributes are absent. If it is one attribute alone, its first value that gives something after all the following counts. |
| `first_of` | in the place of `value`: a list of templates or tables with `value`, `regex`, `rewrite`, `date`, `time_zone`, `table`, `table_file`, and `when`, a filter. The first one whose filter matches (or that has none) and that gives something counts. Each needs all its attributes: where one is absent or blank, it gives nothing. |
| `regex` | RE2 syntax. What it does not find gives nothing. |
| `rewrite` | what is made of the regex's captures, `'\1'` by default |
| `date` | makes one form of every way in which directories write dates: `"unix"` (seconds), `"iso"` (2026-09-01) or `"dd/mm/yyyy"`. It understands dd/mm/yyyy, yyyymmdd, yyyy-mm-dd and GeneralizedTime (20260901080000Z). What is no date, or not in the calendar (31/02/2026), gives nothing. |
| `time_zone` | for `date`, `"Europe/Paris"`; `"UTC"` by default. A day begins there at midnight; the day of a GeneralizedTime with a zone is the one that it has there. |
| `table` | transcoding, `{ ENS = "editingteacher" }`; what is not in it gives nothing |
| `table_file` | the same from a CSV file, `"roles.csv"`, relative to the configuration file's folder: two columns, `ENS;editingteacher`, with `;` or `,` between, UTF-8, quotes where a text has the separator in it; no line of headings. It is read at the start, and another content is another mapping. |
| `default` | template, used when all this gave nothing |
| `transliterate` | `true`: into Latin letters without accents, `émile` is `emile`, `œ` is `oe`, other scripts as they are usually written in Latin letters |
| `case` | `"lower"`, `"upper"` or `"keep"` |
| `length` | the most characters; Moodle's column is a limit anyway |

For example the subject of teachers, and the class of everybody else who has one:

```toml
[users.fields.department]
first_of = [
  { when = "(objectClass=ENTAuxEnseignant)", value = "${ENTPersonFonctions}", regex = '\$([^$]+)$' },
  { value = "${ENTEleveClasses}", regex = '\$([^$]+)$' },
]
```

Tags, surrounding spaces and what is not UTF-8 are left out of every text. Where username, first name, surname or email of
a person would be empty, or name or ID number of a group, Moodle keeps what it has and the other fields are applied; who
or what is new waits. A role object whose role, level or identifier cannot be made takes its assignments away. All of them
are reported until the entry is mended (`entstream.unmapped`, docs/moodle_tables_of_entstream.md).

A site that serves some institutions of the region names their codes once, `institutions = ["0350001A", "0359001U"]`. Each
comparison of a filter with `%ID%` in it, in every `select`, `filter` and `when`, then stands for one comparison per institution of
which one must match (under `!`: none): `(ENTEleveClasses=*=%ID%,*)` takes the pupils with a class in one of them. A wildcard may
stand anywhere in a value, also several. Of people with several institutions, `${ENTPersonFonctions[%ID%]}` in a template is the
first value, and `${ENTPersonFonctions[%ID%][*]}` all values, in which one of the codes stands as a word of its own; with it, a
rule for the ID number of `[[cohorts.from_people]]` gives no cohorts for other institutions' classes. Upper and lower case do not count.

Custom profile fields have rules of their own, by their short names:

```toml
[users.profile]
eleve = { first_of = [{ when = "(objectClass=ENTEleve)", value = "1" }, "0"] }
regime = "${ENTEleveRegime}"
transport = { value = "${ENTEleveTransport}", table = { O = "1", N = "0" } }
naissance = { value = "${ENTPersonDateNaissance}", date = "unix", time_zone = "Europe/Paris" }
```

A mail address that Moodle does not take, a country that is none, and a language that is not among
`users.languages` are treated as if the value were not there: the next value, or the default, counts. Where Moodle itself lists its
languages (Languages on language menu, `$CFG->langlist`), it is the same for a language that is not among them, and the log says so
once; where neither a further value nor the default is among them, the person gets none. A username that loses
characters which Moodle does not allow is reported like a field that is missing, because two people may come to one name:
`transliterate = true` keeps `émile` and `mile` apart.

Classes and the like often stand in attributes of persons: `ENTEleveClasses`, `ENTEleveGroupes` and `ENTAuxEnsClasses` of
the SDET hold `<DN of the school>$<class>`. This puts every pupil into the cohort of his class, `0359001U:4EME1`:

```toml
[[cohorts.from_people]]
name = "classes"
filter = "(objectClass=ENTEleve)"
attribute = "ENTEleveClasses"
[cohorts.from_people.fields]
idnumber = { value = "${ENTEleveClasses}", regex = '(?i)\b([0-9]{7}[A-Z])\b.*\$([^$]+)$', rewrite = '\1:\2', case = "upper" }
name = { value = "${ENTEleveClasses}", regex = '(?i)\b([0-9]{7}[A-Z])\b.*\$([^$]+)$', rewrite = '\2 (\1)' }
```

The producer must publish the attribute: its search for persons needs `"ENTEleveClasses"` in `attributes`. Where people are
in Moodle already, start the producer with it first, then rebuild the target with the new mapping (docs/rebuild.md).

The cohorts of each school can be in its course category, whose ID number is the school's code, so that only its teachers see
them. While Moodle has no category of that number, or several, a new cohort waits, and sweeps look again:

```toml
[cohorts.fields]                  # also [cohorts.from_people.fields]
level = "coursecat"               # or "system"; first_of tells groups apart
identifier = { value = "${cn}", regex = '_([0-9]{7}[A-Z]):' }
name = "${cn}"                    # the section replaces the built-in one: name, idnumber and select belong to it
idnumber = "${cn}"
```
)md";

}  // namespace

ConsumerConfig load_config(const std::filesystem::path& file, const config::Environment& environment) {
    const Node root = config::read_toml(file, program);
    Reading reading(file, environment);
    ConsumerConfig config;
    config.mapping = map::default_mapping();
    map::clear_replaced_sections(root, config.mapping);
    describe(config).read(root, reading);
    map::check_mapping(config.mapping, root, reading);
    check_adoption(config.adopt, root, reading);
    if (config.database.cert_file.empty() != config.database.key_file.empty()) {
        const bool has_key = config.database.cert_file.empty();
        reading.add_at(root, has_key ? "database.key_file" : "database.cert_file",
                       {has_key ? "is given without cert_file" : "is given without key_file", "set both, or none"});
    }
    config::check_metrics(config.metrics, root, reading);
    reading.throw_problems();
    config.warnings = reading.warnings();
    return config;
}

std::string config_help(config::HelpFormat format) {
    ConsumerConfig config;
    config.mapping = map::default_mapping();
    return config::help(describe(config), format, program, introduction);
}

}  // namespace entstream::consumer
