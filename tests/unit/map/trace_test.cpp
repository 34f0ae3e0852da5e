#include "consumer/map/trace.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "consumer/map/mapper.hpp"
#include "consumer/map/mapping_schema.hpp"
#include "tests/unit/map/entries.hpp"

namespace entstream::consumer::map {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const TestEntry traced_pupil = {
    {"objectClass", {"ENTEleve"}},
    {"uid", {"E24A0001"}},
    {"givenName", {"Ana"}},
    {"sn", {"TESSIER"}},
    {"ENTPersonJointure", {"no key", "AC-EXEMPLE$240001"}},
    {"ENTEleveClasses", {"ENTStructureSIREN=1$4EME1"}},
};

class TraceTest : public testing::Test {
  protected:
    static std::vector<std::string> steps(const Trace& trace, const std::string& field) {
        const auto found = std::find_if(trace.fields.begin(), trace.fields.end(),
                                        [&](const Trace::Field& candidate) { return candidate.name == field; });
        return found == trace.fields.end() ? std::vector<std::string>{"no such field"} : found->steps;
    }
    Trace traced(const TestEntry& person) const {
        Trace trace;
        const Mapper mapper(mapping_);
        const Tracing tracing(trace);
        EXPECT_EQ(mapper.user(Uuid::from_name("an entry"), 1, person.image()).version, 1);
        return trace;
    }

    MappingConfig mapping_ = default_mapping();  // NOLINT
};

TEST_F(TraceTest, EachFilterAndEachStepOfARuleIsNamed) {
    const Trace trace = traced(traced_pupil);
    EXPECT_THAT(trace.selection,
                ElementsAre("users.select: matches", "type \"pupil\" (objectClass=ENTEleve): matches"));
    EXPECT_THAT(steps(trace, "username"), ElementsAre("value \"${uid}\": \"E24A0001\"", "case lower: \"e24a0001\"",
                                                      "as Moodle takes it: \"e24a0001\""));
    EXPECT_THAT(
        steps(trace, "idnumber"),
        ElementsAre("value \"${ENTPersonJointure}\": \"no key\"", "regex \"^[^$]*\\$([^$]+)\": finds nothing",
                    "value \"${ENTPersonJointure}\": \"AC-EXEMPLE$240001\"", "regex \"^[^$]*\\$([^$]+)\": \"240001\""));
    EXPECT_THAT(steps(trace, "email"), ElementsAre("value \"${mail}\": the entry has no such attribute",
                                                   "default \"${uid}@noreply.invalid\": \"E24A0001@noreply.invalid\"",
                                                   "case lower: \"e24a0001@noreply.invalid\"",
                                                   "as Moodle takes it: \"e24a0001@noreply.invalid\""));
}

TEST_F(TraceTest, TablesElementsAndCutsAreNamed) {
    FieldRule of_teachers;
    of_teachers.value = "x${sn}";
    of_teachers.when = "(objectClass=ENTAuxEnseignant)";
    FieldRule of_others;
    of_others.value = "${sn}";
    of_others.table = {{"TESSIER", "Rennes"}};
    FieldRule city_rule;
    city_rule.first_of = {of_teachers, of_others};
    city_rule.length = 3;
    mapping_.users.fields.at(static_cast<std::size_t>(UserField::city)) = city_rule;
    const std::string city = "city";
    EXPECT_THAT(steps(traced(traced_pupil), city),
                ElementsAre("first_of[1] (objectClass=ENTAuxEnseignant): does not match", "first_of[2]: matches",
                            "value \"${sn}\": \"TESSIER\"", "table: \"Rennes\"", "cut: \"Ren\""));
    TestEntry other = traced_pupil;
    other.set("sn", {"DURAND"});
    EXPECT_THAT(steps(traced(other), city), Contains("table: \"DURAND\" is not in it"));
    EXPECT_THAT(steps(traced(other), city), Contains("gives nothing, and has no default"));
}

TEST_F(TraceTest, CohortsOfPeopleAndTheirPrefixAreNamed) {
    CohortsFromPeople classes;
    classes.filter = "(objectClass=ENTEleve)";
    classes.attribute = "sn";
    classes.cohort_name.value = "${sn}";
    classes.cohort_idnumber.value = "${sn}";
    mapping_.cohorts.from_people = {classes};
    mapping_.cohorts.prefix = "2026";
    const Trace trace = traced(traced_pupil);
    EXPECT_THAT(trace.selection, Contains("cohorts.from_people of sn (objectClass=ENTEleve): matches"));
    EXPECT_THAT(steps(trace, "cohort's name"), ElementsAre("value \"${sn}\": \"TESSIER\"", "prefix: \"2026 TESSIER\""));
    EXPECT_THAT(steps(trace, "cohort's idnumber"), Contains("prefix: \"2026_TESSIER\""));
}

TEST_F(TraceTest, WhoIsNotSelectedHasTheFiltersOnly) {
    TestEntry nobody = traced_pupil;
    nobody.set("objectClass", {"person"});
    mapping_.users.types.resize(1);
    const Trace trace = traced(nobody);
    EXPECT_THAT(trace.selection,
                ElementsAre("users.select: matches", "type \"pupil\" (objectClass=ENTEleve): does not match"));
    EXPECT_THAT(trace.fields, IsEmpty());
}

TEST_F(TraceTest, NothingIsWrittenDownAnyMoreWhenItEnds) {
    Trace trace;
    { const Tracing tracing(trace); }
    EXPECT_TRUE(Mapper(mapping_).user(Uuid::from_name("an entry"), 1, traced_pupil.image()).present);
    EXPECT_THAT(trace.selection, IsEmpty());
}

}  // namespace
}  // namespace entstream::consumer::map
