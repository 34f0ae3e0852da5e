// A saved plan that is carried out later, when not everything is as it was.

#include <gmock/gmock.h>

#include <filesystem>
#include <string>

#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class SavedPlans : public ::testing::Test {
  protected:
    static Uuid of(const std::string& name) { return Uuid::from_name(name + " of the saved plan"); }

    void SetUp() override {
        setting_.create_topic();
        setting_.write({log_.identity(1), log_.user(of("ana"), "ana1"), log_.user(of("ben"), "ben1"),
                        log_.user(of("cleo"), "cleo1"), log_.user(of("dora"), "dora1"),
                        log_.group(of("class"), "4EME1"), member("ana"), member("ben"), member("cleo")});
        ASSERT_EQ(setting_.run_once().status, 0);
        sql("UPDATE mdl_user SET lastname = 'By hand' WHERE auth = 'ldap'");
        sql("DELETE FROM mdl_cohort_members");
        const Exit saved = setting_.replay({"sync", "users", "cohorts", "--force", "--simulate", "--save", plan_});
        ASSERT_EQ(saved.status, 10) << saved.out << saved.err;
    }

    consumer::read::LogRecord member(const std::string& name, v1::Operation operation = v1::OPERATION_CREATE) {
        return log_.member(v1::KIND_GROUP, of("class"), "uid=" + name, of(name), operation);
    }
    std::string sql(const std::string& statements) { return setting_.database().sql(statements); }
    Exit apply() { return setting_.replay({"apply", plan_, "--yes"}); }

    ConsumerSetting setting_;                               // NOLINT
    consumer::read::LogRecords& log_ = setting_.records();  // NOLINT
    TempDir dir_;                                           // NOLINT
    std::string plan_ = dir_.path() / "saved.plan";         // NOLINT
};

TEST_F(SavedPlans, AreCarriedOutAsShown) {
    const Exit done = apply();
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_THAT(done.out, AllOf(HasSubstr("user updated 4"), HasSubstr("member created 3"), Not(HasSubstr("left"))));
    const Exit again = apply();
    EXPECT_EQ(again.status, 0) << "all of it is done";
    EXPECT_THAT(again.out, AllOf(HasSubstr("Moodle has it so by now"), HasSubstr("Done: nothing")));
}

TEST_F(SavedPlans, LeaveAloneAndListWhatHasMovedOn) {
    setting_.write({log_.user(of("ana"), "ana2", v1::OPERATION_UPDATE), member("ana", v1::OPERATION_DELETE)});
    ASSERT_EQ(setting_.run_once().status, 0);
    sql("UPDATE mdl_user SET lastname = 'Another hand' WHERE username = 'ben1'");
    sql("UPDATE mdl_user SET lastname = 'Petit' WHERE username = 'cleo1'");
    const Exit done = apply();
    EXPECT_EQ(done.status, 13) << done.out << done.err;
    EXPECT_THAT(done.out,
                AllOf(ContainsRegex("user +updated +" + of("ana").to_text() +
                                    ".*left alone: a newer record was applied, at offset [0-9]+"),
                      ContainsRegex("user +updated +" + of("ben").to_text() +
                                    ".*left alone: Moodle has changed: it would be updated .*Another hand"),
                      ContainsRegex("user +updated +" + of("cleo").to_text() + ".*left alone: Moodle has it so by now"),
                      ContainsRegex("member +created +" + of("ana").to_text() +
                                    ".*left alone: the directory does not want it any more")));
    EXPECT_THAT(done.out, AllOf(HasSubstr("Done: user updated 1; member created 2"),
                                HasSubstr("3 changes of the plan were left out")));
    EXPECT_EQ(sql("SELECT username, lastname FROM mdl_user WHERE auth = 'ldap' ORDER BY 1"),
              "ana2|Petit\nben1|Another hand\ncleo1|Petit\ndora1|Petit");
    EXPECT_EQ(sql("SELECT account.username FROM mdl_cohort_members AS member JOIN mdl_user AS account ON account.id = "
                  "member.userid ORDER BY 1"),
              "ben1\ncleo1");
    EXPECT_EQ(sql("SELECT outcome FROM entstream.run WHERE kind = 'apply'"), "moved on");
}

TEST_F(SavedPlans, SayWhatWasDeletedInMoodle) {
    sql("UPDATE mdl_user SET deleted = 1 WHERE username = 'dora1'");
    sql("DELETE FROM mdl_cohort");
    const Exit done = apply();
    EXPECT_EQ(done.status, 13) << done.out << done.err;
    EXPECT_THAT(done.out,
                ContainsRegex("user +updated +" + of("dora").to_text() + ".*left alone: it was deleted in Moodle"));
    EXPECT_THAT(done.out, HasSubstr("Done: user updated 3"));
}

}  // namespace
}  // namespace entstream::test
