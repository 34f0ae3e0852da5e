#include "consumer/merge/rebuild.hpp"

#include <gmock/gmock.h>

#include "consumer/merge/failure.hpp"
#include "tests/integration/consumer/consumer_setting.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// The procedure of docs/rebuild.md.
class RebuildTest : public ::testing::Test {
  protected:
    /// A mapping of our own, from what records have; with more fields at the end, if any.
    static std::string users_section(const std::string& select, const std::string& more = "") {
        return "[users]\nselect = \"" + select +
               "\"\n[users.fields]\nusername = \"${uid}\"\nfirstname = \"${uid}\"\nlastname = \"${uid}\"\n"
               "email = \"${uid}@example.org\"\n" +
               more;
    }
    static inline const Uuid ana = Uuid::from_name("ana");
    static inline const Uuid ben = Uuid::from_name("ben");
    static inline const Uuid cleo = Uuid::from_name("cleo");
    static inline const Uuid school_class = Uuid::from_name("a class");
    static inline const Uuid old_class = Uuid::from_name("another class");
    static inline const Uuid managers = Uuid::from_name("managers");

    static inline const std::string accounts =
        "SELECT id, username, suspended FROM mdl_user WHERE auth = 'ldap' ORDER BY id";
    static inline const std::string cohort_members =
        "SELECT c.idnumber, u.username FROM mdl_cohort_members m JOIN mdl_cohort c ON c.id = m.cohortid"
        " JOIN mdl_user u ON u.id = m.userid ORDER BY 1, 2";
    static inline const std::string roles =
        "SELECT u.username FROM mdl_role_assignments a JOIN mdl_user u ON u.id = a.userid"
        " WHERE a.component = 'local_entstream' ORDER BY 1";

    void begin_rebuild() { consumer::merge::begin_rebuild(database_.config(), setting_.source()); }
    consumer::read::LogRecord member(v1::Kind kind, const Uuid& parent, const std::string& name, const Uuid& uuid) {
        return log_.member(kind, parent, "uid=" + name, uuid);
    }
    /// A watermark after everything that was done so far by the database's clock.
    consumer::read::LogRecord heartbeat() {
        return log_.heartbeat(std::chrono::system_clock::now() + std::chrono::hours(1));
    }
    void recreate_topic() {
        setting_.delete_topic();
        setting_.create_topic();
        log_.log_id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
        log_.next_sequence = 1;
        log_.next_offset = 0;
    }

    ConsumerSetting setting_;                               // NOLINT
    consumer::read::LogRecords& log_ = setting_.records();  // NOLINT
    MoodleDatabase& database_ = setting_.database();        // NOLINT
};

TEST_F(RebuildTest, ARecreatedLogIsAppliedOntoTheSameAccounts) {
    setting_.create_topic();
    // In another order than later, so that old versions are above the new log's offsets for some.
    setting_.write(
        {log_.identity(1), log_.group(school_class, "4EME1"), log_.group(old_class, "5EME2"), log_.user(cleo, "cleo1"),
         log_.user(ben, "ben1"), log_.user(ana, "ana1"), member(v1::KIND_GROUP, school_class, "ana1", ana),
         member(v1::KIND_GROUP, school_class, "ben1", ben), member(v1::KIND_GROUP, old_class, "cleo1", cleo)});
    ASSERT_EQ(setting_.run_once().status, 0);
    const std::string before = database_.sql(accounts);
    const std::string hand_made =
        "INSERT INTO mdl_cohort_members (cohortid, userid) SELECT c.id, u.id FROM mdl_cohort c, "
        "mdl_user u WHERE c.idnumber = '4EME1' AND u.username = 'cleo1'";
    database_.sql(hand_made);

    recreate_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1"), log_.user(ben, "ben1"),
                    log_.heartbeat(std::chrono::system_clock::now() - std::chrono::hours(1)),
                    log_.group(school_class, "4EME1"), member(v1::KIND_GROUP, school_class, "ana1", ana)});
    const Exit refused = setting_.run_once();
    EXPECT_EQ(refused.status, 65) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("docs/rebuild.md"));

    begin_rebuild();
    const Exit applied = setting_.run_once();
    EXPECT_EQ(applied.status, 0) << applied.err;
    EXPECT_EQ(database_.sql("SELECT log_id, next_offset FROM entstream.position"), log_.log_id + "|6");
    EXPECT_EQ(database_.sql(accounts), before) << "the same ids, nobody twice";
    EXPECT_EQ(database_.sql(cohort_members), "4EME1|ana1\n4EME1|ben1\n4EME1|cleo1\n5EME2|cleo1")
        << "nobody is removed before the log has said all that it had";

    setting_.write({heartbeat()});
    const Exit completed = setting_.run_once();
    EXPECT_EQ(completed.status, 0) << completed.err;
    EXPECT_THAT(completed.err, HasSubstr("the rebuild of target"));
    EXPECT_EQ(database_.sql(cohort_members), "4EME1|ana1\n4EME1|cleo1\n5EME2|cleo1")
        << "ben is no member any more; whom an administrator added stays; the class that the log lacks stays as it is";
    EXPECT_EQ(database_.sql(accounts), before) << "cleo, whom the log lacks, stays";
    EXPECT_EQ(database_.sql("SELECT count(*) FROM mdl_cohort"), "2");
    EXPECT_EQ(database_.sql("SELECT count(*) FROM entstream.link WHERE version < 0"), "2")
        << "what the log lacks can be listed";
}

TEST_F(RebuildTest, RolesThatTheLogDoesNotGiveAnyMoreEnd) {
    const auto role = [&] { return log_.role(managers, "moodle:ADM:SYS:all"); };
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1"), log_.user(ben, "ben1"), role(),
                    member(v1::KIND_ROLE, managers, "ana1", ana), member(v1::KIND_ROLE, managers, "ben1", ben)});
    ASSERT_EQ(setting_.run_once().status, 0);
    ASSERT_EQ(database_.sql(roles), "ana1\nben1");
    recreate_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1"), log_.user(ben, "ben1"), role(),
                    member(v1::KIND_ROLE, managers, "ana1", ana)});
    begin_rebuild();
    ASSERT_EQ(setting_.run_once().status, 0);
    EXPECT_EQ(database_.sql(roles), "ana1\nben1");
    setting_.write({heartbeat()});
    ASSERT_EQ(setting_.run_once().status, 0);
    EXPECT_EQ(database_.sql(roles), "ana1");
}

TEST_F(RebuildTest, AChangedMappingStopsTheConsumerUntilItIsSetBackOrTheTargetRebuilt) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1"), log_.user(ben, "ben1")});
    ASSERT_EQ(setting_.run_once().status, 0);
    const std::string before = database_.sql(accounts);

    setting_.set_more_lines(users_section("(uid=*)", "department = \"new\""));
    setting_.write({log_.user(ana, "ana2")});
    for (const char* option : {"--check", "--once"}) {
        const Exit exit = setting_.run({option});
        EXPECT_EQ(exit.status, 78) << exit.err;
        EXPECT_THAT(exit.err, AllOf(HasSubstr("the mapping"), HasSubstr(setting_.source()), HasSubstr("set it back"),
                                    HasSubstr("docs/rebuild.md")));
    }
    EXPECT_EQ(database_.sql(accounts), before);

    begin_rebuild();
    const Exit rebuilt = setting_.run_once();
    EXPECT_EQ(rebuilt.status, 0) << rebuilt.err;
    EXPECT_EQ(database_.sql("SELECT username, department FROM mdl_user WHERE auth = 'ldap' ORDER BY id"),
              "ana2|new\nben1|new");
    EXPECT_EQ(setting_.run_once().status, 0) << "the new mapping is the one that counts now";
}

TEST_F(RebuildTest, ANewSchoolYearReleasesTheCohortsOfTheFormerOneWithTheirMembersAndMakesNewOnes) {
    const std::string cohorts =
        "SELECT c.idnumber, c.name, c.component, c.visible, string_agg(u.username, ' ' ORDER BY u.username) "
        "FROM mdl_cohort c JOIN mdl_cohort_members m ON m.cohortid = c.id JOIN mdl_user u ON u.id = m.userid "
        "GROUP BY c.id ORDER BY c.idnumber";
    setting_.set_more_lines("prefix = \"2026\"");
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1"), log_.user(ben, "ben1"), log_.group(school_class, "4EME1"),
                    member(v1::KIND_GROUP, school_class, "ana1", ana)});
    ASSERT_EQ(setting_.run_once().status, 0);
    ASSERT_EQ(database_.sql(cohorts), "2026_4EME1|2026 4EME1|local_entstream|1|ana1");

    setting_.set_more_lines("prefix = \"2027\"\nvisible = false");
    const Exit refused = setting_.run_once();
    EXPECT_EQ(refused.status, 78) << refused.err;
    begin_rebuild();
    setting_.write({log_.member(v1::KIND_GROUP, school_class, "uid=ana1", ana, v1::OPERATION_DELETE),
                    member(v1::KIND_GROUP, school_class, "ben1", ben), heartbeat()});
    const Exit rebuilt = setting_.run_once();
    EXPECT_EQ(rebuilt.status, 0) << rebuilt.err;
    EXPECT_THAT(rebuilt.err, HasSubstr("1 cohorts of the former one are released"));
    EXPECT_EQ(database_.sql(cohorts), "2026_4EME1|2026 4EME1||1|ana1\n2027_4EME1|2027 4EME1|local_entstream|0|ben1");

    // A rebuild within the year releases nothing.
    begin_rebuild();
    ASSERT_EQ(setting_.run_once().status, 0);
    EXPECT_EQ(database_.sql(cohorts), "2026_4EME1|2026 4EME1||1|ana1\n2027_4EME1|2027 4EME1|local_entstream|0|ben1");
}

TEST_F(RebuildTest, AnotherComponentOrAuthIsRefused) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1")});
    ASSERT_EQ(setting_.run_once().status, 0);
    setting_.set_more_lines("[users]\nauth = \"cas\"");
    setting_.set_component("local_other");
    for (const char* option : {"--check", "--once"}) {
        const Exit exit = setting_.run({option});
        EXPECT_EQ(exit.status, 78) << exit.err;
        EXPECT_THAT(exit.err, AllOf(HasSubstr("component = 'local_other'"), HasSubstr("'local_entstream'"),
                                    HasSubstr("users.auth = 'cas'"), HasSubstr("'ldap'"), HasSubstr("set it back")));
    }
}

TEST_F(RebuildTest, BeforeAnythingIsAppliedTheMappingMayChange) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.source_description({"uid", "objectClass"}), log_.user(ana, "ana1")});
    ASSERT_EQ(setting_.run_once().status, 78) << "the source does not publish what the mapping needs";
    setting_.set_more_lines(
        "[users.fields]\nusername = \"${uid}\"\nfirstname = \"${uid}\"\nlastname = \"${uid}\"\n"
        "email = \"${uid}@example.org\"");
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_EQ(database_.sql("SELECT firstname FROM mdl_user WHERE auth = 'ldap'"), "ana1");
}

TEST_F(RebuildTest, AMappingThatReadsMoreThanTheSourceHasPublishedIsRefusedAtTheStart) {
    const std::vector<std::string> published = {"uid", "objectClass"};
    setting_.set_more_lines(users_section("(uid=*)"));
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.source_description(published), log_.user(ana, "ana1")});
    const Exit first = setting_.run_once();
    ASSERT_EQ(first.status, 0) << first.err;
    setting_.set_more_lines(users_section("(ENTEleveClasses=*)"));
    setting_.write({log_.user(ana, "ana2")});
    for (const char* option : {"--check", "--once"}) {
        const Exit exit = setting_.run({option});
        EXPECT_EQ(exit.status, 78) << exit.err;
        EXPECT_THAT(exit.err, HasSubstr("ENTEleveClasses"));
    }
    EXPECT_EQ(database_.sql("SELECT username, suspended FROM mdl_user WHERE auth = 'ldap'"), "ana1|0");
}

TEST_F(RebuildTest, WhoWasAwayWhileDeletionsWerePurgedIsToldToRebuild) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1"), log_.user(ben, "ben1")});
    ASSERT_EQ(setting_.run_once().status, 0);
    // Ben's DELETE, at offset 4, was published, purged and compacted while nobody looked.
    ++log_.next_sequence;
    setting_.write({log_.tombstone(user_key(ben)), log_.purge_mark(4), log_.user(ana, "ana2")});
    for (int i = 0; i < 2; ++i) {
        const Exit refused = setting_.run_once();
        EXPECT_EQ(refused.status, 65) << refused.err;
        EXPECT_THAT(refused.err,
                    AllOf(HasSubstr("deletions up to offset 4 were purged"), HasSubstr("docs/rebuild.md")));
    }
    EXPECT_EQ(database_.sql("SELECT username FROM mdl_user WHERE auth = 'ldap' ORDER BY id"), "ana1\nben1");
    begin_rebuild();
    const Exit rebuilt = setting_.run_once();
    EXPECT_EQ(rebuilt.status, 0) << rebuilt.err;
    EXPECT_EQ(database_.sql("SELECT username FROM mdl_user WHERE auth = 'ldap' ORDER BY id"), "ana2\nben1");
    EXPECT_EQ(setting_.run_once().status, 0);
}

TEST_F(RebuildTest, AFirstLoadThatWasInterruptedGoesOnBeyondAnOlderPurge) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1")});
    ASSERT_EQ(setting_.run_once().status, 0);
    log_.next_sequence += 10;  // what was compacted long ago
    setting_.write({log_.user(ben, "ben1"), log_.purge_mark(4), log_.user(cleo, "cleo1")});
    // As if all that had been on the log when the first load began.
    database_.sql(
        "UPDATE entstream.property SET value = (value::timestamptz + interval '1 hour')::text WHERE name = "
        "'begun_at/" +
        setting_.source() + "'");
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_EQ(database_.sql("SELECT username FROM mdl_user WHERE auth = 'ldap' ORDER BY username"),
              "ana1\nben1\ncleo1");
}

TEST_F(RebuildTest, WhoFollowsTheLogDoesNotMindAPurge) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1")});
    ASSERT_EQ(setting_.run_once().status, 0);
    setting_.write(
        {log_.removal(user_key(ana), v1::KIND_USER, ana), log_.tombstone(user_key(ana)), log_.purge_mark(3)});
    const Exit exit = setting_.run_once();
    EXPECT_EQ(exit.status, 0) << exit.err;
    EXPECT_EQ(database_.sql("SELECT suspended FROM mdl_user WHERE auth = 'ldap'"), "1");
}

TEST_F(RebuildTest, ASourceThatIsNotThereIsNamed) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1")});
    ASSERT_EQ(setting_.run_once().status, 0);
    try {
        consumer::merge::begin_rebuild(database_.config(), "elsewhere");
        ADD_FAILURE() << "there is no such source";
    } catch (const consumer::merge::TargetError& refused) {
        EXPECT_THAT(refused.what(), HasSubstr("no source 'elsewhere'"));
    }
    EXPECT_EQ(database_.sql("SELECT next_offset FROM entstream.position"), "2");
}

TEST_F(RebuildTest, AConsumerThatStillRunsIsFenced) {
    setting_.create_topic();
    setting_.write({log_.identity(1), log_.user(ana, "ana1")});
    const auto program = setting_.start();
    ASSERT_NE(setting_.wait_for("SELECT next_offset FROM entstream.position", "2"), "0") << program->err();
    begin_rebuild();
    setting_.write({log_.user(ben, "ben1")});
    const Exit exit = program->wait();
    EXPECT_EQ(exit.status, 75) << exit.err;
}

}  // namespace
}  // namespace entstream::test
