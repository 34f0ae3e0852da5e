#include "consumer/consumer_config.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "consumer/map/mapping_schema.hpp"
#include "tests/unit/config/config_files.hpp"

namespace entstream::consumer {
namespace {

using config::ConfigFiles;
using config::problems_of;

constexpr const char* least = R"toml(target = "lycees"
sources = ["rennes"]
kafka.bootstrap_servers = "k:9092"
database.name = "moodle"
database.user = "entstream"
)toml";

std::size_t index(UserField field) {
    return static_cast<std::size_t>(field);
}

class ConsumerConfigTest : public testing::Test {
  protected:
    ConsumerConfig load(const std::string& text) {
        return load_config(files_.write("consumer.toml", text), files_.environment());
    }

    std::string problems(const std::string& text) {
        return problems_of([&] { load(text); }, files_.folder());
    }

    ConfigFiles files_;
};

TEST_F(ConsumerConfigTest, TheLeastFileGivesTheDefaults) {
    const ConsumerConfig config = load(least);
    EXPECT_EQ(config.target, "lycees");
    EXPECT_EQ(config.sources, (std::vector<std::string>{"rennes"}));
    EXPECT_EQ(config.database.host, "127.0.0.1");
    EXPECT_EQ(config.database.port, 5432);
    EXPECT_EQ(config.database.prefix, "mdl_");
    EXPECT_EQ(config.auth, "ldap");
    EXPECT_EQ(config.users_leaving, LeaverPolicy::suspend);
    EXPECT_TRUE(config.guard.enabled);
    EXPECT_EQ(config.guard.removals, 20);
    EXPECT_EQ(config.guard.percent, 5);
    EXPECT_EQ(config.guard.window, std::chrono::hours(1));
    EXPECT_TRUE(config.guard.announced);
    EXPECT_EQ(config.log_rows, LogRows::live);
    EXPECT_EQ(config.mapping, map::default_mapping());
}

TEST_F(ConsumerConfigTest, EveryKeyArrives) {
    files_.write("password", "secret\r\n");
    const ConsumerConfig config = load(R"toml(target = "lycees"
sources = ["rennes", "nantes"]
component = "local_annuaire"

[kafka]
bootstrap_servers = "k:9092"
topic_prefix = "ent"

[database]
host = "/run/postgresql"
port = 6432
name = "moodle"
user = "entstream"
password_file = "password"
sslmode = "verify-full"
prefix = "m_"
schema = "lms"

[users]
auth = "shibboleth"
leaving = "keep"
select = "(ENTPersonStructRattach=*0359001U*)"
extended_username_chars = true

[consumer]
batch_records = 10
check_interval = "5s"
log_rows = false

[guard]
enabled = false
removals = 7
percent = 0
window = "2h"
announced = false

[cohorts]
select = "(cn=ent:*)"

[roles.keys]
course = "shortname"
)toml");
    EXPECT_EQ(config.sources, (std::vector<std::string>{"rennes", "nantes"}));
    EXPECT_EQ(config.component, "local_annuaire");
    EXPECT_EQ(config.kafka.topic_prefix, "ent");
    EXPECT_EQ(config.database.host, "/run/postgresql");
    EXPECT_EQ(config.database.port, 6432);
    EXPECT_EQ(config.database.password, "secret");
    EXPECT_EQ(config.database.sslmode, "verify-full");
    EXPECT_EQ(config.database.prefix, "m_");
    EXPECT_EQ(config.database.schema, "lms");
    EXPECT_EQ(config.auth, "shibboleth");
    EXPECT_EQ(config.users_leaving, LeaverPolicy::keep);
    EXPECT_EQ(config.batch_records, 10U);
    EXPECT_EQ(config.check_interval, std::chrono::seconds(5));
    EXPECT_FALSE(config.guard.enabled);
    EXPECT_EQ(config.guard.removals, 7);
    EXPECT_EQ(config.guard.percent, 0);
    EXPECT_EQ(config.guard.window, std::chrono::hours(2));
    EXPECT_FALSE(config.guard.announced);
    EXPECT_EQ(config.log_rows, LogRows::none);
    // Plain keys do not touch the built-in rules.
    map::MappingConfig expected = map::default_mapping();
    expected.users.select = "(ENTPersonStructRattach=*0359001U*)";
    expected.users.extended_username_chars = true;
    expected.cohorts.select = "(cn=ent:*)";
    expected.roles.keys[ContextLevel::course] = "shortname";
    EXPECT_EQ(config.mapping, expected);
}

TEST_F(ConsumerConfigTest, ASectionOfRulesReplacesTheBuiltInOne) {
    const ConsumerConfig config = load(std::string(least) + R"toml(
[users.fields]
username = { value = "${cn}", regex = "^(.)(.*)$", rewrite = '\2\1', case = "lower", length = 20 }
firstname = "${givenName}"
lastname = "${sn}"
email = { value = "${mail}", table = { "a@b" = "c@d" }, default = "x@y" }

[[users.type]]
name = "anybody"
filter = "(uid=*)"
[users.type.fields]
city = "${l}"

[cohorts]
select = "(objectClass=groupOfNames)"
[cohorts.fields]
name = "${cn}"
idnumber = "${entryUUID}"
)toml");
    const map::MappingConfig& mapping = config.mapping;
    const map::FieldRule username = {.value = "${cn}",
                                     .regex = "^(.)(.*)$",
                                     .rewrite = R"(\2\1)",
                                     .table = {},
                                     .default_value = {},
                                     .letter_case = map::LetterCase::lower,
                                     .length = 20};
    EXPECT_EQ(mapping.users.fields[index(UserField::username)], username);
    EXPECT_EQ(mapping.users.fields[index(UserField::email)]->table.at("a@b"), "c@d");
    EXPECT_EQ(mapping.users.fields[index(UserField::institution)], std::nullopt);
    ASSERT_EQ(mapping.users.types.size(), 1U);
    EXPECT_EQ(mapping.users.types[0].fields[index(UserField::city)]->value, "${l}");
    EXPECT_EQ(mapping.cohorts.idnumber.value, "${entryUUID}");
    EXPECT_EQ(mapping.cohorts.description, map::FieldRule{});
    EXPECT_EQ(mapping.roles, map::default_mapping().roles);
}

TEST_F(ConsumerConfigTest, AnEmptySectionReplacesNothing) {
    EXPECT_EQ(load(std::string(least) + "[users.fields]\n[cohorts.fields]\n").mapping, map::default_mapping());
}

TEST_F(ConsumerConfigTest, AllProblemsAreSaidAtOnceWithTheirLines) {
    const auto said = problems(R"toml(target = "Lycees"
component = "entstream"

[database]
port = 70000
user = ""
prefix = "mdl-"
sslmode = "yes"

[users]
leaving = "delete"
select = "(memberOf:1.2.3:=x)"

[users.fields]
username = "${uid"
lastname = 3
email = { value = "${mail}", regex = "(", cas = "lower" }
institution = { regex = "(x)" }
city = { value = "${l}", regex = "(.)", rewrite = '\2' }
county = "x"

[[users.type]]
name = "pupil"
filter = "objectClass=ENTEleve"
fields.adress = "x"

[roles.fields]
role = "${cn}"
level = { value = "${cn}", table = { A = "galaxy" } }

[roles.keys]
course = "name"

[kafka]
bootstrap_servers = "k:1"
)toml");
    const std::string expected =
        R"toml(consumer.toml:1: target: 'Lycees' cannot be a name here; use lower-case letters, digits and -
consumer.toml: sources: is missing; set it, or the environment variable ENTSTREAM_SOURCES
consumer.toml:2: component: 'entstream' is not the name of a component; write a plugin's type and name in lower case: local_entstream
consumer.toml:5: database.port: is out of range; give 1 to 65535
consumer.toml: database.name: is missing; set it, or the environment variable ENTSTREAM_DATABASE_NAME
consumer.toml:6: database.user: is empty; give it a value
consumer.toml:8: database.sslmode: is none of the values it can have; write one of disable, allow, prefer, require, verify-ca, verify-full
consumer.toml:7: database.prefix: 'mdl-' cannot be part of a name in Moodle's database; use lower-case letters, digits and _
consumer.toml:11: users.leaving: is none of the values it can have; write one of keep, suspend
consumer.toml:12: users.select: has an extensible match (:=), which only the directory can evaluate; use =, >= or <= here, or filter in the producer's search
consumer.toml:24: users.type[1].filter: is not a filter: at character 1: a '(' must stand here; correct it (RFC 4515), like "(objectClass=person)"
consumer.toml:25: users.type[1].fields.adress: is not a key of this file; did you mean users.type[1].fields.address?
consumer.toml:15: users.fields.username: has a ${ without a }; write ${attribute}, or $${ for the characters themselves
consumer.toml:16: users.fields.lastname: must be a rule, is a whole number; write a template like "${sn}", or a table with value, regex, table ...
consumer.toml:17: users.fields.email.regex: is not a regex: missing ): (; correct it (RE2 syntax: Perl's, without look-around)
consumer.toml:17: users.fields.email.cas: is not a key of this file; did you mean users.fields.email.case?
consumer.toml:18: users.fields.institution: says nothing; give it a value
consumer.toml:19: users.fields.city.rewrite: does not go with the regex: Rewrite schema requests 2 matches, but the regexp only has 1 parenthesized subexpressions.; write \1 for its first (...), \2 for the second and so on
consumer.toml:32: roles.keys.course: is none of the values it can have; write one of idnumber, id, shortname
consumer.toml:20: users.fields.county: is not a key of this file; did you mean users.fields.country?
consumer.toml:14: users.fields: has no rule for firstname: what stands in the file replaces all of the built-in section; copy the rule from what --print-mapping prints, or write one
consumer.toml:29: roles.fields.level.table.A: 'galaxy' is not a context level; use system, user, coursecat, course, module or block)toml";
    EXPECT_EQ(said, expected);
}

TEST_F(ConsumerConfigTest, WhatRolesAreLookedUpByCanNeitherBeCutNorBeAnAddress) {
    try {
        load(std::string(least) + R"toml(
[roles.fields]
role = { value = "${cn}", length = 10 }
level = "system"
[roles.keys]
user = "email"
)toml");
        FAIL() << "it was accepted";
    } catch (const config::ConfigError& error) {
        const std::string said = error.what();
        EXPECT_NE(said.find("roles.fields.role.length"), std::string::npos) << said;
        EXPECT_NE(said.find("write one of username, id, idnumber"), std::string::npos) << said;
    }
}

TEST_F(ConsumerConfigTest, CohortsFromGroupsNeedASelectOrAreSwitchedOff) {
    const std::string fields = "[cohorts.fields]\nname = \"${cn}\"\nidnumber = \"${cn}\"\n";
    const std::string fault =
        "cohorts.select: says nothing: every group of the directory would become a cohort, also those that stand for "
        "roles, rights or mailing lists; write a filter that only the groups of classes and the like match, as "
        "\"(cn=*:Etablissements:*)\" or \"(objectClass=ENTClasse)\", or from_groups = false if no group is to become a "
        "cohort";
    EXPECT_EQ(problems(std::string(least) + "[cohorts]\nselect = \"\"\n"), "consumer.toml:7: " + fault);
    EXPECT_EQ(problems(std::string(least) + fields), "consumer.toml: " + fault)
        << "the built-in one goes with the built-in rules";
    EXPECT_EQ(load(std::string(least) + "[cohorts]\nselect = \"(ou=classes)\"\n" + fields).mapping.cohorts.select,
              "(ou=classes)");
    for (const std::string& rules : {std::string(), fields, std::string("select = \"\"\n")}) {
        EXPECT_FALSE(load(std::string(least) + "[cohorts]\nfrom_groups = false\n" + rules).mapping.cohorts.from_groups);
    }
    EXPECT_TRUE(load(least).mapping.cohorts.from_groups);
    EXPECT_NE(load(least).mapping.cohorts.select, "");
}

TEST_F(ConsumerConfigTest, TheLevelOfARoleIsNeverMadeUp) {
    const std::string roles = "[roles.fields]\nrole = \"${cn}\"\nlevel = { value = \"${ou}\", default = ";
    EXPECT_EQ(problems(std::string(least) + roles + "\"course\" }\n"),
              "consumer.toml:8: roles.fields.level.default: would give roles at a level that the directory does not "
              "name; remove it: a role object without a level is reported, and gives no role");
    const std::string alternatives = "[roles.fields]\nrole = \"${cn}\"\nlevel = { first_of = [";
    EXPECT_NE(problems(std::string(least) + alternatives + "\"${ou}\", \"system\"] }\n")
                  .find("roles.fields.level.first_of[2]: would give roles at a level"),
              std::string::npos);
    EXPECT_EQ(
        load(std::string(least) + alternatives + "{ when = \"(ou=*)\", value = \"system\" }, \"${description}\"] }\n")
            .mapping.roles.level.first_of.size(),
        2U);
    EXPECT_EQ(load(std::string(least) + roles + "\"${description}\" }\n").mapping.roles.level.default_value,
              "${description}");
}

TEST_F(ConsumerConfigTest, CohortsFromPeopleStandBesideThoseOfGroups) {
    const ConsumerConfig config = load(std::string(least) + R"toml(
[cohorts]
select = "(cn=*)"
[cohorts.fields]
name = "${cn}"
idnumber = "${cn}"

[[cohorts.from_people]]
name = "classes"
attribute = "ENTEleveClasses"
[cohorts.from_people.fields]
idnumber = { value = "${ENTEleveClasses}", case = "upper" }
name = "${ENTEleveClasses}"

[[cohorts.from_people]]
name = "teachers"
filter = "(objectClass=ENTAuxEnseignant)"
attribute = "objectClass"
fields = { idnumber = "teachers", name = "Teachers", description = "All of them" }
)toml");
    ASSERT_EQ(config.mapping.cohorts.from_people.size(), 2U);
    const map::CohortsFromPeople& classes = config.mapping.cohorts.from_people[0];
    EXPECT_EQ(classes.filter, "");
    EXPECT_EQ(classes.attribute, "ENTEleveClasses");
    EXPECT_EQ(classes.cohort_idnumber.letter_case, map::LetterCase::upper);
    EXPECT_EQ(classes.cohort_name.value, "${ENTEleveClasses}");
    const map::CohortsFromPeople& teachers = config.mapping.cohorts.from_people[1];
    EXPECT_EQ(teachers.filter, "(objectClass=ENTAuxEnseignant)");
    EXPECT_EQ(teachers.cohort_description.value, "All of them");
    EXPECT_EQ(config.mapping.cohorts.name.value, "${cn}");
}

TEST_F(ConsumerConfigTest, WhatIsWrongWithCohortsFromPeopleIsSaidAtOnce) {
    const auto said = problems(std::string(least) + R"toml(
[[cohorts.from_people]]
name = "classes"
filter = "(uid"
attribute = "*"
[cohorts.from_people.fields]
idnumbr = "${ENTEleveClasses}"
name = { value = "${ENTEleveClasses}", regex = "(" }

[[cohorts.from_people]]
fields.description = "x"
)toml");
    EXPECT_EQ(
        said,
        R"toml(consumer.toml:9: cohorts.from_people[1].filter: is not a filter: at character 5: =, >=, <=, ~= or := must follow 'uid'; correct it (RFC 4515), like "(objectClass=person)"
consumer.toml:10: cohorts.from_people[1].attribute: '*' would publish whatever the directory holds; name each attribute that the mapping needs
consumer.toml:7: cohorts.from_people[1].fields.idnumber: is missing; set it in this table
consumer.toml:13: cohorts.from_people[1].fields.name.regex: is not a regex: missing ): (; correct it (RE2 syntax: Perl's, without look-around)
consumer.toml:12: cohorts.from_people[1].fields.idnumbr: is not a key of this file; did you mean cohorts.from_people[1].fields.idnumber?
consumer.toml:15: cohorts.from_people[2].name: is missing; set it in this table
consumer.toml:15: cohorts.from_people[2].attribute: is missing; set it in this table
consumer.toml:15: cohorts.from_people[2].fields.idnumber: is missing; set it in this table
consumer.toml:15: cohorts.from_people[2].fields.name: is missing; set it in this table)toml");
}

TEST_F(ConsumerConfigTest, LogRowsAreAllLiveOrNoneAndTrueAndFalseGoOnToMeanAllAndNone) {
    const auto log_rows = [&](const std::string& value) {
        return load(least + ("[consumer]\nlog_rows = " + value)).log_rows;
    };
    EXPECT_EQ(log_rows("\"all\""), LogRows::all);
    EXPECT_EQ(log_rows("\"live\""), LogRows::live);
    EXPECT_EQ(log_rows("\"none\""), LogRows::none);
    EXPECT_EQ(log_rows("true"), LogRows::all);
    EXPECT_EQ(log_rows("false"), LogRows::none);
    EXPECT_EQ(problems(least + std::string("[consumer]\nlog_rows = \"some\"")),
              "consumer.toml:7: consumer.log_rows: is none of the values it can have; write one of all, live, none");
}

TEST_F(ConsumerConfigTest, TheEnvironmentOverridesTheFile) {
    files_.set("ENTSTREAM_TARGET", "other");
    files_.set("ENTSTREAM_SOURCES", "one,two");
    files_.set("ENTSTREAM_DATABASE_HOST", "db");
    files_.set("ENTSTREAM_DATABASE_PORT", "1234");
    files_.set("ENTSTREAM_DATABASE_PASSWORD", "p");
    files_.set("ENTSTREAM_CONSUMER_LOG_ROWS", "false");
    files_.set("ENTSTREAM_USERS_LEAVING", "keep");
    const ConsumerConfig config = load(least);
    EXPECT_EQ(config.target, "other");
    EXPECT_EQ(config.sources, (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(config.database.host, "db");
    EXPECT_EQ(config.database.port, 1234);
    EXPECT_EQ(config.database.password, "p");
    EXPECT_EQ(config.log_rows, LogRows::none);
    EXPECT_EQ(config.users_leaving, LeaverPolicy::keep);
}

TEST_F(ConsumerConfigTest, TheEnvironmentCanGiveAllThatIsRequired) {
    files_.set("ENTSTREAM_TARGET", "t");
    files_.set("ENTSTREAM_SOURCES", "s");
    files_.set("ENTSTREAM_KAFKA_BOOTSTRAP_SERVERS", "k:1");
    files_.set("ENTSTREAM_DATABASE_NAME", "moodle");
    files_.set("ENTSTREAM_DATABASE_USER", "u");
    EXPECT_EQ(load("").database.name, "moodle");
}

}  // namespace
}  // namespace entstream::consumer
