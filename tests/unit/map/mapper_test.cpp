#include "consumer/map/mapper.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/config/config_error.hpp"
#include "consumer/map/compiled_mapping.hpp"
#include "consumer/map/mapping_schema.hpp"
#include "tests/unit/map/entries.hpp"

namespace entstream::consumer::map {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const Uuid uuid = Uuid::from_name("an entry");
constexpr Offset version = 42;

class DefaultMappingTest : public testing::Test {
  protected:
    UserDelta mapped(const TestEntry& entry) const {
        UserDelta user = mapper_.user(uuid, version, entry.image());
        EXPECT_EQ(user.problem, "");
        return user;
    }

    static FieldRule rule(const std::string& value) {
        FieldRule made;
        made.value = value;
        return made;
    }

    const Mapper mapper_{default_mapping()};
    TestEntry pupil_ = {
        {"objectClass", {"inetOrgPerson", "ENTPerson", "ENTEleve"}},
        {"uid", {"E24a0001"}},
        {"givenName", {"Ma\u00eblys"}},
        {"sn", {"TESSIER"}},
        {"mail", {"Maelys.Tessier@example.fr"}},
        {"ENTPersonJointure", {"AC-EXEMPLE$240001"}},
        {"ENTPersonStructRattach", {"ENTStructureUAI=0359001u,ou=structures,dc=ent,dc=example,dc=fr"}},
        {"createTimestamp", {"20260901080000Z"}},
    };
};

TEST_F(DefaultMappingTest, APupilBecomesAUser) {
    const UserDelta user = mapped(pupil_);
    EXPECT_TRUE(user.present);
    EXPECT_EQ(user.uuid, uuid);
    EXPECT_EQ(user.version, version);
    EXPECT_EQ(user.created_at, "20260901080000Z");
    EXPECT_EQ(user[UserField::username], "e24a0001");
    EXPECT_EQ(user[UserField::idnumber], "240001");
    EXPECT_EQ(user[UserField::firstname], "Ma\u00eblys");
    EXPECT_EQ(user[UserField::lastname], "TESSIER");
    EXPECT_EQ(user[UserField::email], "maelys.tessier@example.fr");
    EXPECT_EQ(user[UserField::institution], "0359001U");
    for (const UserField field : {UserField::department, UserField::phone1, UserField::phone2, UserField::address,
                                  UserField::city, UserField::country, UserField::lang}) {
        EXPECT_EQ(user[field], std::nullopt);
    }
}

TEST_F(DefaultMappingTest, WhatTheEntryLacksIsEmptiedOrGivenADefault) {
    pupil_.set("mail", {})
        .set("ENTPersonJointure", {})
        .set("ENTPersonStructRattach", {"ENTStructureSIREN=19290009000015"});
    const UserDelta user = mapped(pupil_);
    EXPECT_EQ(user[UserField::email], "e24a0001@noreply.invalid");
    EXPECT_EQ(user[UserField::idnumber], "");
    EXPECT_EQ(user[UserField::institution], "");
}

TEST_F(DefaultMappingTest, AJointureWithoutASourceIsTakenWhole) {
    EXPECT_EQ(mapped(pupil_.set("ENTPersonJointure", {"240001"}))[UserField::idnumber], "240001");
}

TEST_F(DefaultMappingTest, OnlyThePersonsOfTheSdetAreTaken) {
    for (const char* type : {"ENTEleve", "enteleve", "ENTAuxEnseignant", "ENTAuxNonEnsEtab", "ENTAuxPersRelEleve"}) {
        EXPECT_TRUE(mapped(pupil_.set("objectClass", {"ENTPerson", type})).present) << type;
    }
    const UserDelta other = mapped(pupil_.set("objectClass", {"ENTPerson"}));
    EXPECT_FALSE(other.present);
    EXPECT_EQ(other.uuid, uuid);
    EXPECT_EQ(other.version, version);
    EXPECT_EQ(other[UserField::username], std::nullopt);
}

TEST_F(DefaultMappingTest, AUserThatMoodleWouldRefuseIsAProblemWithoutPersonalData) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"uid", "username"}, {"givenName", "firstname"}, {"sn", "lastname"}};
    for (const auto& [attribute, field] : cases) {
        for (const std::vector<std::string>& values : {std::vector<std::string>{}, {"  "}, {"<b>"}, {"0"}}) {
            TestEntry entry = pupil_;
            const auto user = mapper_.user(uuid, version, entry.set(attribute, values).image());
            EXPECT_TRUE(user.present);
            EXPECT_THAT(user.problem, AllOf(StartsWith(field + ": "), Not(HasSubstr("TESSIER")))) << attribute;
        }
    }
}

TEST_F(DefaultMappingTest, WhatAnEntryDoesNotGiveLeavesTheOtherFieldsMapped) {
    const UserDelta user =
        mapper_.user(uuid, version, pupil_.set("sn", {}).set("givenName", {}).set("mail", {"new@example.fr"}).image());
    EXPECT_THAT(user.problem, StartsWith("firstname, lastname: "));
    EXPECT_EQ(user[UserField::firstname], std::nullopt);
    EXPECT_EQ(user[UserField::lastname], std::nullopt);
    EXPECT_EQ(user[UserField::email], "new@example.fr");
    MappingConfig config = default_mapping();
    config.cohorts.select = "(description=*)";
    const CohortDelta group = Mapper(config).cohort(uuid, version, TestEntry{{"description", {"new"}}}.image());
    EXPECT_TRUE(group.present);
    EXPECT_THAT(group.problem, StartsWith("name, idnumber: "));
    EXPECT_EQ(group.description, "new");
}

TEST_F(DefaultMappingTest, LongTextsAreCutToMoodlesColumns) {
    std::string long_name;
    for (int i = 0; i < 150; ++i) {
        long_name += "\u00e9";
    }
    const UserDelta user = mapped(pupil_.set("sn", {long_name}).set("uid", {std::string(300, 'X')}));
    EXPECT_EQ(user[UserField::lastname], long_name.substr(0, 200));
    EXPECT_EQ(user[UserField::username], std::string(100, 'x'));
}

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

TEST_F(DefaultMappingTest, RoleObjectsAreTakenApart) {
    struct Case {
        const char* cn;
        const char* role;
        ContextLevel level;
        const char* key;
        const char* identifier;
    };
    const std::vector<Case> cases = {
        {"moodle:ENS:COURS:0350001A-ANG-4EME1", "editingteacher", ContextLevel::course, "idnumber",
         "0350001A-ANG-4EME1"},
        {"moodle:TUT:COURS:a:b", "teacher", ContextLevel::course, "idnumber", "a:b"},
        {"Moodle:ADM:CAT:0350001A", "manager", ContextLevel::category, "idnumber", "0350001A"},
        {"moodle:ADM:SYS:0", "manager", ContextLevel::system, "", ""},
    };
    for (const Case& one : cases) {
        const auto role = mapper_.role(uuid, version, TestEntry{{"cn", {one.cn}}}.image());
        EXPECT_EQ(role.problem, "") << one.cn;
        EXPECT_TRUE(role.present) << one.cn;
        EXPECT_EQ(role.role, one.role);
        EXPECT_EQ(role.level, one.level);
        EXPECT_EQ(role.context_key, one.key);
        EXPECT_EQ(role.context_identifier, one.identifier);
    }
}

TEST_F(DefaultMappingTest, OtherRoleObjectsGiveNothingAndTheReasonUnlessTheyAreNotMeant) {
    const std::vector<std::pair<std::string, std::string>> refused = {{"moodle:XYZ:COURS:1", "role"},
                                                                      {"moodle:ENS:XYZ:1", "level"},
                                                                      {"moodle:ENS:COURS:", "identifier"},
                                                                      {"moodle:ENS", "role"}};
    for (const auto& [cn, field] : refused) {
        const auto role = mapper_.role(uuid, version, TestEntry{{"cn", {cn}}}.image());
        EXPECT_FALSE(role.present) << cn;
        EXPECT_THAT(role.problem, StartsWith(field + ": ")) << cn;
    }
    // What is wrong in several places is said of each.
    EXPECT_EQ(
        mapper_.role(uuid, version, TestEntry{{"cn", {"moodle:XYZ:COURS:"}}}.image()).problem,
        "role: the entry names no role that the mapping knows; correct the entry, let the rule of role in "
        "[roles.fields] know it (regex, table), or exclude the entry with select | identifier: the entry names no "
        "identifier that the mapping knows; correct the entry, let the rule of identifier in [roles.fields] know "
        "it (regex, table), or exclude the entry with select");
    EXPECT_THAT(mapper_.role(uuid, version, TestEntry{{"cn", {"moodle:XYZ:XYZ:1"}}}.image()).problem,
                AllOf(StartsWith("role: "), HasSubstr(" | level: ")));
    const auto other = mapper_.role(uuid, version, TestEntry{{"cn", {"wiki:ENS:COURS:1"}}}.image());
    EXPECT_EQ(other.problem, "");
    EXPECT_FALSE(other.present);
}

TEST_F(DefaultMappingTest, ARoleObjectThatLacksAnAttributeIsReportedWithItsNameAndGetsNoLevelThatIsMadeUp) {
    MappingConfig config = default_mapping();
    config.roles.role = rule("${ENTRole}");
    config.roles.level = rule("${ENTLevel}");
    config.roles.identifier = {};
    const Mapper mapper(config);
    TestEntry object = {{"cn", {"moodle:1"}}, {"ENTRole", {"manager"}}, {"ENTLevel", {"course"}}};
    EXPECT_THAT(mapper.role(uuid, version, object.image()).problem,
                StartsWith("identifier: the mapping has no rule for it"));
    object.set("ENTLevel", {"galaxy"});
    EXPECT_THAT(mapper.role(uuid, version, object.image()).problem,
                StartsWith("level: 'galaxy' is not a context level; "));
    object.set("ENTLevel", {}).set("ENTRole", {});
    const RoleDelta role = mapper.role(uuid, version, object.image());
    EXPECT_FALSE(role.present);
    EXPECT_THAT(role.problem, AllOf(StartsWith("role: the entry has nothing that its rule reads (ENTRole); "),
                                    HasSubstr(" | level: the entry has nothing that its rule reads (ENTLevel); ")));
}

TEST_F(DefaultMappingTest, WhatItReadsIsKnown) {
    EXPECT_EQ(mapper_.required_attributes().users,
              (std::vector<std::string>{"ENTPersonJointure", "ENTPersonStructRattach", "givenName", "mail",
                                        "objectClass", "sn", "uid"}));
    EXPECT_EQ(mapper_.required_attributes().groups, (std::vector<std::string>{"cn", "description"}));
    EXPECT_EQ(mapper_.required_attributes().roles, (std::vector<std::string>{"cn"}));
}

TEST_F(DefaultMappingTest, WhatASourceDoesNotPublishIsNamed) {
    v1::SourceDescription source;
    source.set_source("rennes");
    auto* people = source.add_searches();
    people->set_name("people");
    people->set_kind(v1::KIND_USER);
    for (const char* name : {"UID", "givenname", "sn", "mail", "objectClass", "ENTPersonJointure"}) {
        people->add_attributes(name);
    }
    const auto missing = mapper_.missing_in(source);
    ASSERT_EQ(missing.size(), 1U);
    EXPECT_EQ(
        missing.front(),
        "the mapping of users reads the attribute ENTPersonStructRattach, which source 'rennes' does not publish; "
        "add it to attributes of the producer's search 'people', or remove it from the mapping");
    people->add_attributes("ENTPersonStructRattach");
    EXPECT_TRUE(mapper_.missing_in(source).empty());
}

TEST_F(DefaultMappingTest, SelectionByInstitution) {
    MappingConfig config = default_mapping();
    config.users.select = "(ENTPersonStructRattach=*=0359001U,*)";
    config.cohorts.select = "(cn=*_0359001U:*)";
    const Mapper mapper(config);
    EXPECT_TRUE(mapper.user(uuid, version, pupil_.image()).present);
    EXPECT_FALSE(
        mapper.user(uuid, version, pupil_.set("ENTPersonStructRattach", {"ENTStructureUAI=0350001A,x"}).image())
            .present);
    EXPECT_FALSE(mapper.cohort(uuid, version, TestEntry{{"cn", {"ent:x:Y_0350001A:Z"}}}.image()).present);
}

TEST_F(DefaultMappingTest, TheFirstMatchingTypeOverridesAndUnmapsFields) {
    MappingConfig config = default_mapping();
    config.users.types = {{.name = "a", .filter = "(uid=nobody)", .fields = {}},
                          {.name = "b", .filter = "(objectClass=ENTEleve)", .fields = {}},
                          {.name = "c", .filter = "(uid=*)", .fields = {}}};
    const auto field = [](UserField one) { return static_cast<std::size_t>(one); };
    config.users.types[1].fields.at(field(UserField::department)) = rule("pupil ${ENTPersonJointure}");
    config.users.types[1].fields.at(field(UserField::institution)) = FieldRule{};
    config.users.types[2].fields.at(field(UserField::department)) = rule("wrong");
    const auto user = Mapper(config).user(uuid, version, pupil_.image());
    EXPECT_EQ(user[UserField::department], "pupil AC-EXEMPLE$240001");
    EXPECT_EQ(user[UserField::institution], std::nullopt);
}

TEST_F(DefaultMappingTest, CountriesAreCodesOrNothing) {
    MappingConfig config = default_mapping();
    config.users.fields.at(static_cast<std::size_t>(UserField::country)) = rule("${c}");
    const Mapper mapper(config);
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"fr", "FR"}, {"ALLEMAGNE", ""}, {"XX", ""}, {"\u00e9a", ""}};
    for (const auto& [value, country] : cases) {
        EXPECT_EQ(mapper.user(uuid, version, pupil_.set("c", {value}).image())[UserField::country], country);
    }
}

TEST_F(DefaultMappingTest, AMailThatIsNoAddressIsTakenForAbsent) {
    EXPECT_EQ(mapped(pupil_.set("mail", {"see the secretary"}))[UserField::email], "e24a0001@noreply.invalid");
    EXPECT_EQ(mapped(pupil_.set("mail", {"none", "Maelys@example.fr"}))[UserField::email], "maelys@example.fr");
    EXPECT_EQ(mapped(pupil_.set("mail", {std::string(60, 'x') + "@" + std::string(50, 'y') + ".fr"}))[UserField::email],
              "e24a0001@noreply.invalid")
        << "what does not fit is not cut to another address";
    MappingConfig config = default_mapping();
    config.users.fields.at(static_cast<std::size_t>(UserField::email))->default_value.clear();
    const auto user = Mapper(config).user(uuid, version, pupil_.set("mail", {"see the secretary"}).image());
    EXPECT_EQ(user[UserField::email], std::nullopt);
    EXPECT_EQ(user[UserField::lastname], "TESSIER");
    EXPECT_THAT(user.problem,
                AllOf(StartsWith("email: what the entry gives is no address; "), Not(HasSubstr("secretary"))));
    EXPECT_THAT(Mapper(config).user(uuid, version, pupil_.set("mail", {}).image()).problem,
                StartsWith("email: the entry gives nothing for it; "));
}

TEST_F(DefaultMappingTest, CharactersThatAUsernameLosesAreSaid) {
    const UserDelta user = mapper_.user(uuid, version, pupil_.set("uid", {"\u00c9mile X"}).set("mail", {}).image());
    EXPECT_EQ(user[UserField::username], "milex");
    EXPECT_EQ(user[UserField::email], "emilex@noreply.invalid");
    EXPECT_THAT(user.problem, AllOf(StartsWith("username: characters that Moodle does not allow in it were left out; "),
                                    HasSubstr("transliterate = true"), Not(HasSubstr("mile"))));
    MappingConfig config = default_mapping();
    config.users.fields.at(static_cast<std::size_t>(UserField::username))->transliterate = true;
    const UserDelta transliterated = Mapper(config).user(uuid, version, pupil_.set("uid", {"\u00c9mile"}).image());
    EXPECT_EQ(transliterated[UserField::username], "emile");
    EXPECT_EQ(transliterated.problem, "");
    config.users.fields.at(static_cast<std::size_t>(UserField::username))->transliterate = false;
    config.users.extended_username_chars = true;
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image()).problem, "");
}

TEST_F(DefaultMappingTest, LanguagesAreThoseOfTheSite) {
    MappingConfig config = default_mapping();
    config.users.fields.at(static_cast<std::size_t>(UserField::lang)) = rule("${preferredLanguage}");
    pupil_.set("preferredLanguage", {"BR", "fr-FR", "fr"});
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image())[UserField::lang], "br");
    config.users.languages = {"en", "fr"};
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image())[UserField::lang], "fr");
    pupil_.set("preferredLanguage", {"BR"});
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image())[UserField::lang], "");
}

TEST_F(DefaultMappingTest, WhatMoodleDoesNotTakeForASettingLeavesItsOwn) {
    MappingConfig config = default_mapping();
    const auto map_to = [&](UserField field, const std::string& value) {
        config.users.fields.at(static_cast<std::size_t>(field)) = rule(value);
    };
    map_to(UserField::middlename, "${missing}");
    map_to(UserField::maildisplay, "2");
    map_to(UserField::timezone, "America/Martinique");
    map_to(UserField::calendartype, "gregorian");
    map_to(UserField::theme, "boost");
    UserDelta user = Mapper(config).user(uuid, version, pupil_.image());
    EXPECT_EQ(user[UserField::middlename], "");
    EXPECT_EQ(user[UserField::maildisplay], "2");
    EXPECT_EQ(user[UserField::timezone], "America/Martinique");
    EXPECT_EQ(user[UserField::calendartype], "gregorian");
    EXPECT_EQ(user[UserField::theme], "boost");
    EXPECT_EQ(user[UserField::alternatename], std::nullopt);
    map_to(UserField::maildisplay, "3");
    map_to(UserField::timezone, "Martinique");
    map_to(UserField::calendartype, "No Calendar");
    map_to(UserField::theme, "../boost");
    user = Mapper(config).user(uuid, version, pupil_.image());
    EXPECT_EQ(user[UserField::maildisplay], std::nullopt);
    EXPECT_EQ(user[UserField::timezone], std::nullopt);
    EXPECT_EQ(user[UserField::calendartype], std::nullopt);
    EXPECT_EQ(user[UserField::theme], "");
    EXPECT_EQ(user.problem, "");
}

TEST_F(DefaultMappingTest, ProfileFieldsGoByTheirShortNames) {
    EXPECT_TRUE(mapped(pupil_).profile.empty());
    MappingConfig config = default_mapping();
    config.users.profile["pupil"].first_of = {rule("1"), rule("0")};
    config.users.profile["pupil"].first_of[0].when = "(objectClass=ENTEleve)";
    config.users.profile["born"] = rule("${ENTPersonDateNaissance}");
    config.users.profile["born"].date = DateForm::unix_time;
    config.users.profile["regime"] = rule("${ENTEleveRegime}");
    const Mapper mapper(config);
    pupil_.set("ENTPersonDateNaissance", {"31/02/2013", "14/07/2013"});
    const UserDelta user = mapper.user(uuid, version, pupil_.image());
    EXPECT_EQ(user.problem, "");
    EXPECT_EQ(user.profile, (std::vector<std::pair<std::string, std::string>>{
                                {"born", "1373760000"}, {"pupil", "1"}, {"regime", ""}}));
    EXPECT_THAT(mapper.required_attributes().users, testing::Contains("ENTEleveRegime"));
    EXPECT_NE(mapper.fingerprint(), mapper_.fingerprint());
    config.users.profile["regime"].value.clear();
    EXPECT_THROW(Mapper{config}, config::ConfigError);
}

TEST_F(DefaultMappingTest, ARulesOwnLengthIsALimitToo) {
    MappingConfig config = default_mapping();
    auto& firstname = config.users.fields.at(static_cast<std::size_t>(UserField::firstname));
    firstname->length = 3;
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image())[UserField::firstname], "Ma\u00eb");
}

}  // namespace
}  // namespace entstream::consumer::map
