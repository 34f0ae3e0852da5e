// [[cohorts.from_people]]: what attributes of a person name.

#include <gmock/gmock.h>

#include <set>
#include <string>
#include <vector>

#include "common/config/config_error.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/map/mapping_schema.hpp"
#include "tests/unit/map/entries.hpp"

namespace entstream::consumer::map {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CohortsOfPeopleTest : public testing::Test {
  protected:
    static FieldRule rule(const std::string& value, const std::string& regex = "", const std::string& rewrite = "\\1") {
        FieldRule made;
        made.value = value;
        made.regex = regex;
        made.rewrite = rewrite;
        return made;
    }

    /// Classes and groups of the SDET: `<DN of the school>$<class>`.
    static CohortsFromPeople from(const std::string& attribute, const std::string& filter = "") {
        const std::string value = "${" + attribute + '}';
        const std::string regex = R"((?i)\b([0-9]{7}[A-Z])\b.*\$([^$]+)$)";
        return {.name = "of " + attribute,
                .filter = filter,
                .attribute = attribute,
                .cohort_name = rule(value, regex, "\\2 (\\1)"),
                .cohort_idnumber = rule(value, regex, "\\1:\\2"),
                .cohort_description = {}};
    }

    std::vector<CohortDelta> cohorts() const {
        UserDelta user = Mapper(config_).user(Uuid::from_name("somebody"), 42, pupil_.image());
        EXPECT_EQ(user.problem, "");
        return user.cohorts;
    }

    /// "idnumber|name" of each.
    std::vector<std::string> texts() const {
        std::vector<std::string> result;
        for (const CohortDelta& cohort : cohorts()) {
            result.push_back(cohort.idnumber + '|' + cohort.name);
        }
        return result;
    }

    static std::string in_school(const std::string& name) {
        return "ENTStructureUAI=0359001U,ou=structures,dc=ent,dc=example,dc=fr$" + name;
    }

    MappingConfig config_ = default_mapping();  // NOLINT
    TestEntry pupil_ = {                        // NOLINT
                        {"objectClass", {"ENTPerson", "ENTEleve"}},
                        {"uid", {"E24a0001"}},
                        {"givenName", {"Ma\u00eblys"}},
                        {"sn", {"TESSIER"}},
                        {"ENTEleveClasses", {in_school("4EME1")}},
                        {"ENTEleveGroupes", {in_school("4 ANG1"), in_school("4 LAT")}}};
};

TEST_F(CohortsOfPeopleTest, TheBuiltInMappingHasNone) {
    EXPECT_THAT(cohorts(), IsEmpty());
}

TEST_F(CohortsOfPeopleTest, EachValueNamesACohort) {
    config_.cohorts.from_people = {from("ENTEleveClasses"), from("ENTEleveGroupes")};
    EXPECT_THAT(texts(), ElementsAre("0359001U:4EME1|4EME1 (0359001U)", "0359001U:4 ANG1|4 ANG1 (0359001U)",
                                     "0359001U:4 LAT|4 LAT (0359001U)"));
    for (const CohortDelta& cohort : cohorts()) {
        EXPECT_TRUE(cohort.present);
        EXPECT_EQ(cohort.version, 42);
    }
}

TEST_F(CohortsOfPeopleTest, ACohortIsKnownByItsIdnumberWhateverItsName) {
    config_.cohorts.from_people = {from("ENTEleveClasses")};
    const Uuid uuid = cohorts().at(0).uuid;
    // Another one would make every cohort anew in each Moodle that has them already.
    EXPECT_EQ(uuid.to_text(), Uuid::from_name("cohort of people/0359001U:4EME1").to_text());
    config_.cohorts.from_people[0].cohort_name = rule("another name");
    EXPECT_EQ(cohorts().at(0).uuid, uuid);
    pupil_.set("ENTEleveClasses", {in_school("4EME2")});
    EXPECT_NE(cohorts().at(0).uuid, uuid);
}

TEST_F(CohortsOfPeopleTest, EveryPartOfARuleSeesOneValueOnly) {
    CohortsFromPeople groups = from("entelevegroupes");  // attributes have no case
    groups.cohort_idnumber = rule("${ENTEleveGroupes[*]}", R"(\$(.*)$)");
    groups.cohort_name = rule("${uid}: ${ENTEleveGroupes}");
    groups.cohort_name.regex = "(no such text)";
    groups.cohort_name.default_value = "${ENTEleveGroupes}";
    groups.cohort_description = rule("${ENTEleveGroupes[*]} / ${ENTEleveClasses}");
    config_.cohorts.from_people = {groups};
    EXPECT_THAT(texts(), ElementsAre("4 ANG1|" + in_school("4 ANG1"), "4 LAT|" + in_school("4 LAT")));
    EXPECT_EQ(cohorts().at(1).description, in_school("4 LAT") + " / " + in_school("4EME1"));
}

TEST_F(CohortsOfPeopleTest, AValueThatGivesNoIdnumberOrNoNameGivesNoCohort) {
    CohortsFromPeople groups = from("ENTEleveGroupes");
    groups.cohort_idnumber.regex = R"(()\$(4 ANG1)$)";
    groups.cohort_name = rule("${ENTEleveGroupes}");
    config_.cohorts.from_people = {groups};
    EXPECT_THAT(texts(), ElementsAre(":4 ANG1|" + in_school("4 ANG1")));
    config_.cohorts.from_people[0].cohort_name = rule("${ENTEleveGroupes}", "(nothing like this)");
    EXPECT_THAT(texts(), IsEmpty());
    pupil_.set("ENTEleveGroupes", {});
    EXPECT_THAT(texts(), IsEmpty());
}

TEST_F(CohortsOfPeopleTest, OnlyOfThoseWhomTheFilterTakes) {
    config_.cohorts.from_people = {from("ENTEleveClasses", "(objectClass=ENTAuxEnseignant)"),
                                   from("ENTEleveGroupes", "(ENTEleveGroupes=*$4 LAT)")};
    EXPECT_THAT(texts(), ElementsAre("0359001U:4 ANG1|4 ANG1 (0359001U)", "0359001U:4 LAT|4 LAT (0359001U)"))
        << "the filter is about the person, not about the value";
}

TEST_F(CohortsOfPeopleTest, WhoIsNotTakenOverIsInNone) {
    config_.cohorts.from_people = {from("ENTEleveClasses")};
    config_.users.select = "(uid=somebody else)";
    EXPECT_THAT(cohorts(), IsEmpty());
}

TEST_F(CohortsOfPeopleTest, TheSameCohortTwiceIsOne) {
    config_.cohorts.from_people = {from("ENTEleveGroupes"), from("ENTEleveClasses")};
    config_.cohorts.from_people[0].cohort_idnumber = rule("pupils");
    config_.cohorts.from_people[1].cohort_idnumber = rule("pupils");
    EXPECT_THAT(texts(), ElementsAre("pupils|4 ANG1 (0359001U)"));
}

TEST_F(CohortsOfPeopleTest, LongTextsFitIntoMoodlesColumnsAndStayApart) {
    config_.cohorts.from_people = {from("ENTEleveGroupes")};
    pupil_.set("ENTEleveGroupes", {in_school(std::string(300, 'x') + "a"), in_school(std::string(300, 'x') + "b")});
    const auto two = cohorts();
    ASSERT_EQ(two.size(), 2U);
    for (const CohortDelta& cohort : two) {
        EXPECT_EQ(cohort.idnumber.size(), 100U);
        EXPECT_EQ(cohort.name.size(), 254U);
    }
    EXPECT_NE(two[0].idnumber, two[1].idnumber);
}

TEST_F(CohortsOfPeopleTest, WhatTheyReadIsRequiredOfThePeople) {
    CohortsFromPeople classes = from("ENTEleveClasses", "(ENTEleveMEF=*)");
    classes.cohort_name = rule("${ENTEleveNivFormation}");
    classes.cohort_description = rule("${ENTEleveLibelleMEF}");
    config_.cohorts.from_people = {classes};
    const Mapper mapper(config_);
    for (const char* name : {"ENTEleveClasses", "ENTEleveMEF", "ENTEleveNivFormation", "ENTEleveLibelleMEF"}) {
        EXPECT_THAT(mapper.required_attributes().users, Contains(name));
    }
    EXPECT_THAT(mapper.required_attributes().groups, ElementsAre("cn", "description"));
}

TEST_F(CohortsOfPeopleTest, TheFingerprintChangesWithThem) {
    const std::string without = fingerprint(config_);
    config_.cohorts.from_people = {from("ENTEleveClasses")};
    std::vector<MappingConfig> variants(7, config_);
    variants[1].cohorts.from_people[0].filter = "(uid=*)";
    variants[2].cohorts.from_people[0].attribute = "ENTEleveGroupes";
    variants[3].cohorts.from_people[0].cohort_name.regex = "(.)";
    variants[4].cohorts.from_people[0].cohort_idnumber.letter_case = LetterCase::upper;
    variants[5].cohorts.from_people[0].cohort_description.value = "x";
    variants[6].cohorts.from_people.push_back(from("ENTEleveGroupes"));
    std::set<std::string> fingerprints = {without};
    for (const MappingConfig& variant : variants) {
        fingerprints.insert(fingerprint(variant));
    }
    EXPECT_EQ(fingerprints.size(), variants.size() + 1);
    config_.cohorts.from_people[0].name = "another word for the reader";
    EXPECT_TRUE(fingerprints.contains(fingerprint(config_)));
}

TEST_F(CohortsOfPeopleTest, EverythingWrongIsSaidAtOnce) {
    CohortsFromPeople wrong = from("ENTEleveClasses");
    wrong.filter = "(uid=x";
    wrong.attribute = "ENT Classes";
    wrong.cohort_name.regex = "(";
    wrong.cohort_idnumber = {};
    config_.cohorts.from_people = {from("ENTEleveGroupes"), wrong};
    try {
        const Mapper mapper(config_);
        FAIL() << "taken";
    } catch (const config::ConfigError& error) {
        std::vector<std::string> keys;
        for (const config::Problem& problem : error.problems()) {
            keys.push_back(problem.key);
            EXPECT_FALSE(problem.remedy.empty());
        }
        EXPECT_THAT(keys, testing::UnorderedElementsAre(
                              "cohorts.from_people[2].filter", "cohorts.from_people[2].attribute",
                              "cohorts.from_people[2].fields.name.regex", "cohorts.from_people[2].fields.idnumber"));
    }
}

}  // namespace
}  // namespace entstream::consumer::map
