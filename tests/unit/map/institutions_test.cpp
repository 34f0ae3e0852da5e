// %ID%: the institutions of a Moodle in filters and templates.

#include "consumer/map/institutions.hpp"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "common/config/config_error.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/map/mapping_schema.hpp"
#include "consumer/map/rule.hpp"
#include "consumer/map/selection.hpp"
#include "tests/unit/map/entries.hpp"

namespace entstream::consumer::map {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> ours = {"0359001U", "0350001A"};

std::string in_school(const std::string& uai, const std::string& rest) {
    return "ENTStructureUAI=" + uai + ",ou=structures,dc=ent,dc=example,dc=fr$" + rest;
}

std::string expanded(const std::string& filter, const std::vector<std::string>& codes = ours) {
    return Institutions(codes).expand(filter).value();
}

TEST(Institutions, EachComparisonIsRepeatedForEveryInstitution) {
    EXPECT_EQ(expanded("(ENTEleveClasses=*=%ID%,*)", {"0359001U"}), "(ENTEleveClasses=*=0359001u,*)");
    EXPECT_EQ(expanded("(ENTEleveClasses=*=%ID%,*)"),
              "(|(ENTEleveClasses=*=0359001u,*)(ENTEleveClasses=*=0350001a,*))");
    EXPECT_EQ(expanded("(&(ou=%ID%)(!(cn=%ID%_%ID%*)))"),
              "(&(|(ou=0359001u)(ou=0350001a))(!(|(cn=0359001u_0359001u*)(cn=0350001a_0350001a*))))");
    EXPECT_EQ(expanded("(uid=%id%)"), "(uid=%id%)");
}

TEST(Institutions, ACodeStandsForItselfInAFilter) {
    EXPECT_EQ(expanded("(ou=%ID%)", {"a*(b)\\c"}), R"((ou=a\2a\28b\29\5cc))");
    const auto selection = Selection::parse("(ou=%ID%)", Institutions({"a*(b)\\c"}));
    ASSERT_TRUE(selection.has_value());
    EXPECT_TRUE(selection->matches(TestEntry{{"ou", {"A*(B)\\C"}}}.image()));
    EXPECT_FALSE(selection->matches(TestEntry{{"ou", {"axx(b)\\c"}}}.image()));
}

TEST(Institutions, TheFiltersOfTheEntInstallerSelectAsADirectoryWould) {
    for (const auto& [filter, attribute, rest] :
         {std::tuple("(ENTEleveClasses=*=%ID%,*)", "ENTEleveClasses", "4EME1"),
          std::tuple("(ENTPersonFonctions=*=%ID%,*)", "ENTPersonFonctions", "ENS$ENSEIGNEMENT$L0422$ANGLAIS")}) {
        const auto selection = Selection::parse(filter, Institutions(ours)).value();
        const auto matches = [&selection, name = attribute](const std::vector<std::string>& values) {
            return selection.matches(TestEntry{{name, values}}.image());
        };
        EXPECT_TRUE(matches({in_school("0359001U", rest)})) << filter;
        EXPECT_TRUE(matches({in_school("0350001a", rest)})) << filter;
        EXPECT_TRUE(matches({in_school("0359999X", rest), in_school("0350001A", rest)})) << filter;
        EXPECT_FALSE(matches({in_school("0359999X", rest)})) << filter;
        EXPECT_FALSE(matches({in_school("10359001U", rest)})) << filter;
        EXPECT_FALSE(matches({})) << filter;
    }
}

TEST(Institutions, ANegatedComparisonMeansNoneOfThem) {
    const auto selection = Selection::parse("(!(ou=%ID%))", Institutions(ours)).value();
    EXPECT_FALSE(selection.matches(TestEntry{{"ou", {"0350001A"}}}.image()));
    EXPECT_TRUE(selection.matches(TestEntry{{"ou", {"0359999X"}}}.image()));
}

TEST(Institutions, ACodeCountsAsAWordOnly) {
    const Institutions one({"0350001A"});
    for (const char* value : {"0350001A", "uai=0350001a,ou=x", "x$0350001A$y", "\u00e9 0350001A"}) {
        EXPECT_TRUE(one.stand_in(value)) << value;
    }
    for (const char* value : {"", "0350001B", "10350001A", "0350001AB", "0350001A\u00e9", "350001A"}) {
        EXPECT_FALSE(one.stand_in(value)) << value;
    }
}

TEST(Institutions, ATemplateTakesTheValueOfOneOfThem) {
    const TestEntry teacher = {{"ENTPersonFonctions",
                                {in_school("0359999X", "ENS$A$B$SVT"), in_school("0350001A", "DOC$A$B$CDI"),
                                 in_school("0359001U", "ENS$A$B$ANGLAIS")}},
                               {"uid", {"e1"}}};
    const auto applied = [&](const std::string& value, const std::string& regex = {},
                             const std::string& rewrite = "\\1") {
        FieldRule rule;
        rule.value = value;
        rule.regex = regex;
        rule.rewrite = rewrite;
        std::vector<config::Problem> problems;
        const Rule compiled = Rule::compile(rule, "rule", problems, Institutions(ours));
        EXPECT_THAT(problems, IsEmpty());
        EXPECT_THAT(compiled.attributes(), testing::Contains("ENTPersonFonctions"));
        return compiled.apply(teacher.image());
    };
    EXPECT_EQ(applied("${ENTPersonFonctions[%ID%]}", R"(\$([^$]+)$)"), "CDI");
    EXPECT_EQ(applied("${ENTPersonFonctions[%ID%]}", R"((?:\$ENS\$.*)\$([^$]+)$)"), "ANGLAIS")
        << "the first value of ours that the regex knows";
    EXPECT_EQ(applied("${uid}: ${ENTPersonFonctions[%ID%]}"), "e1: " + in_school("0350001A", "DOC$A$B$CDI"));
    EXPECT_EQ(applied("${ENTPersonFonctions[%ID%][*]}"),
              in_school("0350001A", "DOC$A$B$CDI") + ", " + in_school("0359001U", "ENS$A$B$ANGLAIS"));
}

TEST(Institutions, OnlyClassesOfOursBecomeCohorts) {
    MappingConfig config = default_mapping();
    config.institutions = {"0350001A"};
    config.cohorts.from_people.emplace_back();
    config.cohorts.from_people[0].attribute = "ENTEleveClasses";
    config.cohorts.from_people[0].cohort_idnumber.value = "${ENTEleveClasses[%ID%]}";
    config.cohorts.from_people[0].cohort_name.value = "${ENTEleveClasses}";
    const TestEntry pupil = {{"objectClass", {"ENTEleve"}},
                             {"uid", {"e1"}},
                             {"givenName", {"A"}},
                             {"sn", {"B"}},
                             {"ENTEleveClasses", {in_school("0359999X", "4EME1"), in_school("0350001A", "4EME2")}}};
    std::vector<std::string> names;
    for (const CohortDelta& cohort : Mapper(config).user(Uuid::from_name("x"), 1, pupil.image()).cohorts) {
        names.push_back(cohort.name);
    }
    EXPECT_THAT(names, ElementsAre(in_school("0350001A", "4EME2")));
}

TEST(Institutions, EverySelectFilterAndConditionKnowsThem) {
    MappingConfig config = default_mapping();
    config.institutions = ours;
    config.users.select = "(ENTPersonStructRattach=*=%ID%,*)";
    config.users.types = {{.name = "here", .filter = "(ENTEleveClasses=*=%ID%,*)", .fields = {}}};
    config.cohorts.select = "(cn=*_%ID%:*)";
    config.roles.select = "(ou=%ID%)";
    const Mapper mapper(config);
    const Uuid uuid = Uuid::from_name("x");
    TestEntry pupil = {{"ENTPersonStructRattach", {in_school("0350001A", "")}},
                       {"ENTEleveClasses", {in_school("0359001U", "4EME1")}}};
    EXPECT_TRUE(mapper.user(uuid, 1, pupil.image()).present);
    EXPECT_FALSE(mapper.user(uuid, 1, pupil.set("ENTEleveClasses", {in_school("0359999X", "")}).image()).present);
    EXPECT_TRUE(mapper.cohort(uuid, 1, TestEntry{{"cn", {"ent:x:Y_0350001A:Z"}}}.image()).present);
    EXPECT_FALSE(mapper.cohort(uuid, 1, TestEntry{{"cn", {"ent:x:Y_0359999X:Z"}}}.image()).present);
    EXPECT_NE(mapper.role(uuid, 1, TestEntry{{"ou", {"0350001A"}}}.image()).problem, "") << "selected, but no role";
    EXPECT_EQ(mapper.role(uuid, 1, TestEntry{{"ou", {"0359999X"}}}.image()).problem, "");
}

TEST(Institutions, WithoutAnyTheMarkIsRefused) {
    MappingConfig config = default_mapping();
    config.users.select = "(ou=%ID%)";
    config.users.fields.at(0)->value = "${uid[%ID%]}";
    config.cohorts.name.value = "%ID%";
    try {
        const Mapper mapper(config);
        FAIL() << "taken";
    } catch (const config::ConfigError& error) {
        std::vector<std::string> said;
        for (const config::Problem& problem : error.problems()) {
            said.push_back(problem.key + ": " + problem.what);
        }
        EXPECT_THAT(said, ElementsAre("users.select: has %ID%, but no institutions are named",
                                      "cohorts.fields.name.value: has %ID% where it stands for nothing",
                                      "users.fields.username.value: has %ID%, but no institutions are named"));
    }
}

TEST(Institutions, TheyArePartOfTheMappingWhateverTheirOrder) {
    MappingConfig config = default_mapping();
    const std::string without = fingerprint(config);
    config.institutions = {"a", "b"};
    const std::string with = fingerprint(config);
    EXPECT_NE(with, without);
    config.institutions = {"b", "a"};
    EXPECT_EQ(fingerprint(config), with);
    config.institutions = {"ab"};
    EXPECT_NE(fingerprint(config), with);
}

}  // namespace
}  // namespace entstream::consumer::map
