// The language of rules, as a configuration file has it.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "consumer/consumer_config.hpp"
#include "consumer/map/mapping_schema.hpp"
#include "tests/unit/config/config_files.hpp"

namespace entstream::consumer {
namespace {

constexpr const char* with_least = R"toml(target = "lycees"
sources = ["rennes"]
kafka.bootstrap_servers = "k:9092"
database.name = "moodle"
database.user = "entstream"
)toml";

class RulesTest : public testing::Test {
  protected:
    ConsumerConfig load(const std::string& text) {
        return load_config(files_.write("consumer.toml", with_least + text), files_.environment());
    }

    std::string problems(const std::string& text) {
        return config::problems_of([&] { load(text); }, files_.folder());
    }

    config::ConfigFiles files_;
};

TEST_F(RulesTest, EveryPartOfARuleArrives) {
    const ConsumerConfig config = load(R"toml(institutions = ["0350001A"]
[users]
languages = ["fr", "en_us"]
[cohorts]
select = "(cn=*)"
[cohorts.fields]
name = "${cn}"
idnumber = "${cn}"
description.first_of = [
    { when = "(ou=%ID%)", value = "${ou[%ID%]}", regex = "(.)(.)", rewrite = '\2', table = { a = "b" } },
    { value = "${start}", date = "dd/mm/yyyy", time_zone = "Europe/Paris" },
    "${cn}",
]
description.date = "unix"
description.default = "none"
description.transliterate = true
description.case = "upper"
description.length = 20
)toml");
    EXPECT_EQ(config.mapping.institutions, std::vector<std::string>{"0350001A"});
    EXPECT_EQ(config.mapping.users.languages, (std::vector<std::string>{"fr", "en_us"}));
    std::vector<map::FieldRule> elements(3);
    elements[0].when = "(ou=%ID%)";
    elements[0].value = "${ou[%ID%]}";
    elements[0].regex = "(.)(.)";
    elements[0].rewrite = R"(\2)";
    elements[0].table = {{"a", "b"}};
    elements[1].value = "${start}";
    elements[1].date = map::DateForm::day_month_year;
    elements[1].time_zone = "Europe/Paris";
    elements[2].value = "${cn}";
    map::FieldRule expected;
    expected.first_of = elements;
    expected.date = map::DateForm::unix_time;
    expected.default_value = "none";
    expected.transliterate = true;
    expected.letter_case = map::LetterCase::upper;
    expected.length = 20;
    EXPECT_EQ(config.mapping.cohorts.description, expected);
}

TEST_F(RulesTest, WhatIsWrongWithARuleIsSaidAtOnceWithItsPlace) {
    EXPECT_EQ(
        problems(R"toml(users.languages = ["French"]
cohorts.select = "(cn=*)"
[cohorts.fields]
name = { value = "${cn}", first_of = ["${cn}"] }
idnumber = { first_of = "${cn}" }
[cohorts.fields.description]
first_of = [
    { when = "(ou=x", value = "${ou}" },
    { when = "(memberOf:1.2.3:=x)", value = "${" },
    { regex = "(.)" },
    { value = "${ou}", default = "x" },
    3,
]
[roles.fields]
role = { value = "${cn}", date = "french" }
level = { value = "system", time_zone = "Europe/Paris" }
identifier = { value = "${cn}", date = "iso", time_zone = "Breizh" }
)toml"),
        R"toml(consumer.toml:6: users.languages: 'French' is not the code of a language pack; write it as Moodle does: fr, fr_ca
consumer.toml:9: cohorts.fields.name.first_of: stands beside value; keep one of them
consumer.toml:10: cohorts.fields.idnumber.first_of: must be a list of rules; write [{ when = "(sn=*)", value = "${sn}" }, "${cn}"]
consumer.toml:13: cohorts.fields.description.first_of[1].when: is not a filter: at character 6: a ')' is missing; correct it (RFC 4515), like "(objectClass=person)"
consumer.toml:14: cohorts.fields.description.first_of[2].value: has a ${ without a }; write ${attribute}, or $${ for the characters themselves
consumer.toml:14: cohorts.fields.description.first_of[2].when: has an extensible match (:=), which only the directory can evaluate; use =, >= or <= here, or filter in the producer's search
consumer.toml:15: cohorts.fields.description.first_of[3]: says nothing; give it a value
consumer.toml:16: cohorts.fields.description.first_of[4].default: is not a key of this file; remove it; --help-config lists the keys
consumer.toml:17: cohorts.fields.description.first_of[5]: must be a rule, is a whole number; write a template like "${sn}", or a table with value, regex, table ...
consumer.toml:20: roles.fields.role.date: is none of the values it can have; write one of unix, iso, dd/mm/yyyy
consumer.toml:21: roles.fields.level.time_zone: needs a date; say in which form the date shall be, or remove time_zone
consumer.toml:22: roles.fields.identifier.time_zone: 'Breizh' is not a time zone; write one like "Europe/Paris", or "UTC")toml");
}

TEST_F(RulesTest, ProfileFieldsHaveShortNames) {
    const ConsumerConfig config = load(R"toml([users.profile]
regime = "${ENTEleveRegime}"
born = { value = "${ENTPersonDateNaissance}", date = "unix" }
)toml");
    ASSERT_EQ(config.mapping.users.profile.size(), 2U);
    EXPECT_EQ(config.mapping.users.profile.at("born").date, map::DateForm::unix_time);
    EXPECT_EQ(config.mapping.users.fields, map::default_mapping().users.fields);
    EXPECT_EQ(
        problems("[users.profile]\n\"born on\" = 3\nwrong = { regex = \"(\" }\n"),
        R"toml(consumer.toml:7: users.profile.born on: is not the short name of a profile field; use letters, digits and _
consumer.toml:7: users.profile.born on: must be a rule, is a whole number; write a template like "${sn}", or a table with value, regex, table ...
consumer.toml:8: users.profile.wrong.regex: is not a regex: missing ): (; correct it (RE2 syntax: Perl's, without look-around)
consumer.toml:8: users.profile.wrong: says nothing; give it a value)toml");
}

TEST_F(RulesTest, AnEnrolmentMethodIsOneThatEnrolsSinglePersons) {
    EXPECT_EQ(load("roles.enrol = \"manual\"\n").mapping.roles.enrol, "manual");
    EXPECT_EQ(load("roles.enrol = \"\"\n").mapping.roles.enrol, "");
    EXPECT_EQ(
        problems("roles.enrol = \"cohort\"\n"),
        "consumer.toml:6: roles.enrol: the method 'cohort' enrols whom its own rules name; name one by which single "
        "persons are enrolled: manual");
    EXPECT_EQ(
        problems("roles.enrol = \"By hand\"\n"),
        "consumer.toml:6: roles.enrol: 'By hand' is not the name of an enrolment method; write it as Moodle does: "
        "manual");
}

TEST_F(RulesTest, ALevelThatAnElementGivesMustBeOne) {
    EXPECT_EQ(
        problems(R"toml([roles.fields]
role = "${cn}"
level = { first_of = [{ value = "${cn}", table = { A = "course", B = "galaxy" } }] }
)toml"),
        "consumer.toml:8: roles.fields.level.first_of[1].table.B: 'galaxy' is not a context level; use system, user, "
        "coursecat, course, module or block");
    EXPECT_EQ(problems(R"toml([roles.fields]
role = "${cn}"
level = { first_of = [{ value = "${cn}", table = { B = "galaxy" } }], table = { galaxy = "system" } }
)toml"),
              "");
}

TEST_F(RulesTest, WithoutInstitutionsTheirMarkIsRefusedWhereverItStands) {
    const std::string text = R"toml([users]
select = "(ou=%ID%)"
[[users.type]]
name = "pupil"
filter = "(ENTEleveClasses=*=%ID%,*)"
fields.department = "${ENTPersonFonctions[%ID%]}"
[cohorts]
select = "(cn=*_%ID%:*)"
[roles.fields]
role = { first_of = [{ when = "(ou=%ID%)", value = "${cn}" }] }
level = "system"
)toml";
    EXPECT_EQ(
        problems(text),
        R"toml(consumer.toml:7: users.select: has %ID%, but no institutions are named; write their codes at the top of the file: institutions = ["0350001A"]
consumer.toml:11: users.type[1].fields.department: has %ID%, but no institutions are named; write their codes at the top of the file: institutions = ["0350001A"]
consumer.toml:10: users.type[1].filter: has %ID%, but no institutions are named; write their codes at the top of the file: institutions = ["0350001A"]
consumer.toml:13: cohorts.select: has %ID%, but no institutions are named; write their codes at the top of the file: institutions = ["0350001A"]
consumer.toml:15: roles.fields.role.first_of[1].when: has %ID%, but no institutions are named; write their codes at the top of the file: institutions = ["0350001A"])toml");
    EXPECT_EQ(problems("institutions = [\"0350001A\"]\n" + text), "");
    EXPECT_EQ(
        problems("institutions = [\"\", \"a b\"]\n"),
        R"toml(consumer.toml:6: institutions: '' is not the code of an institution; write it as attributes of the directory have it: 0350001A
consumer.toml:6: institutions: 'a b' is not the code of an institution; write it as attributes of the directory have it: 0350001A)toml");
}

TEST_F(RulesTest, InstitutionsMayComeFromTheEnvironment) {
    files_.set("ENTSTREAM_INSTITUTIONS", "0350001A,0359001U");
    EXPECT_EQ(load("users.select = \"(ou=%ID%)\"\n").mapping.institutions,
              (std::vector<std::string>{"0350001A", "0359001U"}));
}

}  // namespace
}  // namespace entstream::consumer
