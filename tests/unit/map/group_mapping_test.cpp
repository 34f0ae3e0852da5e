// Groups that become cohorts: which, where, and under which names.

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/map/default_mapping_test.hpp"

namespace entstream::consumer::map {
namespace {

TEST_F(DefaultMappingTest, AClassGroupBecomesACohort) {
    const TestEntry group = {{"objectClass", {"groupOfNames"}},
                             {"cn", {"ent:Etablissements:LES TROIS MOULINS_0359001U:4EME:Eleves_4EME (NC 4E AES)"}},
                             {"description", {"Eleves de la classe 4EME (NC 4E AES)"}}};
    const auto cohort = mapper_.cohort(uuid, version, group.image());
    EXPECT_EQ(cohort.problem, "");
    EXPECT_TRUE(cohort.present);
    EXPECT_EQ(cohort.version, version);
    EXPECT_EQ(cohort.idnumber, "ent:Etablissements:LES TROIS MOULINS_0359001U:4EME:Eleves_4EME (NC 4E AES)");
    EXPECT_EQ(cohort.name, "Eleves_4EME (NC 4E AES) (LES TROIS MOULINS, 0359001U)");
    EXPECT_EQ(cohort.description, "Eleves de la classe 4EME (NC 4E AES)");
}

TEST_F(DefaultMappingTest, GroupsThatStandForRolesOrRightsBecomeNoCohort) {
    for (const char* cn : {"moodle:ENS:COURS:0359001U-ANG-4EME1", "ent:Applications:mail", "Administrateurs"}) {
        const auto cohort = mapper_.cohort(uuid, version, TestEntry{{"cn", {cn}}}.image());
        EXPECT_FALSE(cohort.present) << cn;
        EXPECT_EQ(cohort.problem, "") << cn;
    }
    EXPECT_TRUE(
        mapper_
            .cohort(uuid, version, TestEntry{{"cn", {"esco:Etablissements:JEAN MOULIN_0290009C:Tous_Eleves"}}}.image())
            .present);
}

TEST_F(DefaultMappingTest, NoCohortsFromGroupsCanBeSaidAndNeedsNothingOfGroups) {
    MappingConfig config = default_mapping();
    config.cohorts = {};
    config.cohorts.from_groups = false;
    const Mapper mapper(config);
    EXPECT_FALSE(
        mapper.cohort(uuid, version, TestEntry{{"cn", {"ent:Etablissements:A_0350001A:Tous"}}}.image()).present);
    EXPECT_TRUE(mapper.required_attributes().groups.empty());
    EXPECT_NE(mapper.fingerprint(), mapper_.fingerprint());
}

TEST_F(DefaultMappingTest, TheSchoolYearStandsBeforeNamesAndIdnumbersOfCohorts) {
    MappingConfig config = default_mapping();
    config.cohorts.prefix = "2026";
    config.cohorts.from_people = {{.name = "schools",
                                   .filter = {},
                                   .attribute = "ENTPersonStructRattach",
                                   .cohort_name = rule("everybody"),
                                   .cohort_idnumber = rule("all"),
                                   .cohort_description = {}}};
    const Mapper mapper(config);
    const std::string cn = "ent:Etablissements:LES ORMEAUX_0350001A:Tous";
    const CohortDelta cohort = mapper.cohort(uuid, version, TestEntry{{"cn", {cn}}}.image());
    EXPECT_EQ(cohort.name, "2026 Tous (LES ORMEAUX, 0350001A)");
    EXPECT_EQ(cohort.idnumber, "2026_" + cn);
    const UserDelta user = mapper.user(uuid, version, pupil_.image());
    ASSERT_EQ(user.cohorts.size(), 1U);
    EXPECT_EQ(user.cohorts[0].name, "2026 everybody");
    EXPECT_EQ(user.cohorts[0].idnumber, "2026_all");
    config.cohorts.from_people.clear();
    const std::string of_2026 = fingerprint(config);
    config.cohorts.prefix = "2027";
    EXPECT_NE(fingerprint(config), of_2026);
    config.cohorts.prefix.clear();
    EXPECT_EQ(fingerprint(config), fingerprint(default_mapping()));
    config.cohorts.visible = false;
    const std::string hidden = fingerprint(config);
    EXPECT_NE(hidden, fingerprint(default_mapping()));
    config.cohorts.visible = true;
    EXPECT_NE(fingerprint(config), fingerprint(default_mapping())) << "those that are there are shown, too";
    EXPECT_NE(fingerprint(config), hidden);
}

TEST_F(DefaultMappingTest, OtherGroupsKeepTheirNames) {
    MappingConfig config = default_mapping();
    config.cohorts.select = "(cn=*)";
    const Mapper mapper(config);
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"Chorale", "Chorale"},
        {"ent:Etablissements:LES ORMEAUX_0350001A:Tous", "Tous (LES ORMEAUX, 0350001A)"},
        {"ent:Etablissements:COLLEGE_A_0350001A:A:B:C", "C (COLLEGE_A, 0350001A)"},
        {"ent:Etablissements:LES ORMEAUX:4EME", "ent:Etablissements:LES ORMEAUX:4EME"},
    };
    for (const auto& [cn, name] : cases) {
        const auto cohort = mapper.cohort(uuid, version, TestEntry{{"cn", {cn}}}.image());
        EXPECT_EQ(cohort.problem, "") << cn;
        EXPECT_EQ(cohort.name, name);
        EXPECT_EQ(cohort.description, "");
    }
}

TEST_F(DefaultMappingTest, CohortsAreWhereTheMappingSays) {
    MappingConfig config = default_mapping();
    const std::string before = fingerprint(config);
    EXPECT_FALSE(Mapper(config).cohort(uuid, version, TestEntry{{"cn", {"a:Etablissements:b"}}}.image()).level);
    FieldRule by_type;
    by_type.when = "(objectClass=ENTClasse)";
    by_type.value = "coursecat";
    FieldRule otherwise;
    otherwise.when = "(description=*)";
    otherwise.value = "system";
    config.cohorts.level.first_of = {by_type, otherwise};
    config.cohorts.identifier.value = "${cn}";
    config.cohorts.identifier.regex = "_([0-9]{7}[A-Z]):";
    EXPECT_NE(fingerprint(config), before);
    const Mapper mapper(config);
    const auto mapped = [&](const std::string& cn, const std::string& attribute, const std::string& value) {
        return mapper.cohort(uuid, version, TestEntry{{"cn", {cn}}, {attribute, {value}}}.image());
    };
    const std::string cn = "ent:Etablissements:LES ORMEAUX_0350001A:Tous";
    const CohortDelta in_school = mapped(cn, "objectClass", "ENTClasse");
    EXPECT_EQ(in_school.level, ContextLevel::category);
    EXPECT_EQ(in_school.category, "0350001A");
    EXPECT_EQ(in_school.problem, "");
    EXPECT_EQ(mapped(cn, "description", "x").level, ContextLevel::system);
    const CohortDelta no_level = mapped(cn, "ou", "x");
    EXPECT_FALSE(no_level.level);
    EXPECT_EQ(no_level.problem.substr(0, 56), "level: the entry names no level that the mapping knows; ");
    const CohortDelta no_category = mapped("ent:Etablissements:Tous", "objectClass", "ENTClasse");
    EXPECT_FALSE(no_category.level) << "never anywhere else";
    EXPECT_EQ(no_category.problem.substr(0, 69),
              "identifier: the entry names no course category that the mapping knows");
}

TEST_F(DefaultMappingTest, WhereCohortsCannotBeIsSaid) {
    const auto faults = [](const char* level, const char* identifier) {
        FieldRule level_rule;
        level_rule.value = level;
        FieldRule identifier_rule;
        identifier_rule.value = identifier;
        std::string keys;
        for (const auto& [key, fault] : faults_of_place(level_rule, identifier_rule)) {
            keys += key + " ";
        }
        return keys;
    };
    EXPECT_EQ(faults("", ""), "");
    EXPECT_EQ(faults("system", ""), "");
    EXPECT_EQ(faults("coursecat", "${ou}"), "");
    EXPECT_EQ(faults("course", "${ou}"), "level.value ");
    EXPECT_EQ(faults("coursecat", ""), "identifier ");
    EXPECT_EQ(faults("${ou}", ""), "identifier ");
    EXPECT_EQ(faults("", "${ou}"), "level ");
}

}  // namespace
}  // namespace entstream::consumer::map
