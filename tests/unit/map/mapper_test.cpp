// People and role objects of the SDET, and what the mapping says of itself.

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/map/default_mapping_test.hpp"

namespace entstream::consumer::map {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

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

}  // namespace
}  // namespace entstream::consumer::map
