// --explain: where what Moodle has comes from, from the log to the row, without disturbing anybody.

#include <gmock/gmock.h>

#include "tests/integration/consumer/consumer_setting.hpp"

namespace entstream::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const Uuid explained = Uuid::from_name("explained");
const Uuid rival = Uuid::from_name("rival");
const Uuid her_class = Uuid::from_name("her class");
const Uuid missing_class = Uuid::from_name("a class that is not there");
const Uuid course_role = Uuid::from_name("a role object");
const Uuid role_with_course = Uuid::from_name("a role object of a course that is there");

TEST(Explain, APersonFromTheLogToMoodleAndWhatWaits) {
    ConsumerSetting setting;
    consumer::read::LogRecords& log = setting.records();
    setting.set_more_lines("[roles]\nenrol = \"manual\"\n");
    const std::string course = setting.database().sql(
        "INSERT INTO mdl_course (category, fullname, shortname, idnumber) VALUES (1, 'C', 'C', 'C-1') RETURNING id");
    setting.database().sql("INSERT INTO mdl_context (contextlevel, instanceid, path, depth) VALUES (50, " + course +
                           ", '/1/9', 2); INSERT INTO mdl_enrol (enrol, courseid) VALUES ('manual', " + course + ")");
    setting.create_topic();
    setting.write({log.identity(1), log.user(explained, "Eva1"), log.user(rival, "eva1"), log.group(her_class, "4EME1"),
                   log.role(course_role, "moodle:ENS:COURS:NO-SUCH"),
                   log.role(role_with_course, "moodle:ENS:COURS:C-1"),
                   log.member(v1::KIND_ROLE, role_with_course, "uid=eva", explained),
                   log.member(v1::KIND_ROLE, role_with_course, "uid=eva1", rival),
                   log.member(v1::KIND_GROUP, her_class, "uid=eva", explained),
                   log.member(v1::KIND_GROUP, missing_class, "uid=eva", explained),
                   log.member(v1::KIND_ROLE, course_role, "uid=eva", explained)});

    const Exit before = setting.run({"--explain", "eva1"});
    EXPECT_EQ(before.status, 0) << before.err;
    EXPECT_THAT(before.out, HasSubstr("entstream has applied nothing to this Moodle yet"));

    ASSERT_EQ(setting.run_once().status, 0);
    const std::string state =
        "SELECT xmin, owner_epoch, next_offset FROM entstream.position, "
        "(SELECT max(id) AS id FROM entstream.audit) AS audit";
    const std::string untouched = setting.database().sql(state);
    setting.database().sql("UPDATE mdl_user SET firstname = 'Changed' WHERE username = 'eva1'");
    const Exit person = setting.run({"--explain", explained.to_text()});
    EXPECT_EQ(person.status, 0) << person.err;
    EXPECT_THAT(person.out, AllOf(HasSubstr("user/" + explained.to_text()), HasSubstr("offset 1, CREATE"),
                                  HasSubstr("matches\n"), HasSubstr("  username = \"eva1\""),
                                  HasSubstr("      value \"${uid}\": \"Eva1\"\n      case lower: \"eva1\"")));
    const Exit role = setting.run({"--explain", course_role.to_text()});
    EXPECT_THAT(role.out,
                AllOf(HasSubstr("role/" + course_role.to_text()), HasSubstr("  level = \"50\", as Moodle has it"),
                      HasSubstr("Moodle has no such object")));
    // Of the two who want the name one has it, and the other waits.
    const Exit both = setting.run({"--explain", "EVA1"});
    EXPECT_EQ(both.status, 0) << both.err;
    EXPECT_THAT(both.out, AllOf(HasSubstr("parked: username taken: eva1"), HasSubstr("nothing is linked to it"),
                                HasSubstr(", active, auth ldap: may log in; by the record at offset"),
                                HasSubstr(", Moodle has \"Changed\"")));
    EXPECT_THAT(
        both.out,
        AllOf(HasSubstr("\"4EME1\" \"4EME1\": "),
              HasSubstr("group/" + missing_class.to_text() + ": waits: there is no such cohort, or it is not selected"),
              HasSubstr("role \"editingteacher\" at level 50, idnumber \"NO-SUCH\"; Moodle has no such "
                        "object, or several: not assigned"),
              HasSubstr("Enrolments\n  course " + course + " \"C\", method manual: enrolled by entstream\n")));
    EXPECT_THAT(both.err, Not(HasSubstr("va1"))) << "personal data goes to standard output alone";
    EXPECT_EQ(setting.database().sql(state), untouched);

    setting.database().sql("DELETE FROM mdl_user_enrolments");
    EXPECT_THAT(setting.run({"--explain", "eva1"}).out, HasSubstr("method manual: unenrolled by somebody"));

    // Somebody has deleted the cohort in Moodle, and no record has come since.
    setting.database().sql("DELETE FROM mdl_cohort_members; DELETE FROM mdl_cohort");
    EXPECT_THAT(setting.run({"--explain", her_class.to_text()}).out,
                AllOf(HasSubstr(", active: there is no such cohort any more; by the record at offset"),
                      Not(HasSubstr("component"))));
    EXPECT_THAT(setting.run({"--explain", "EVA1"}).out,
                HasSubstr("group/" + her_class.to_text() + ": no member: Moodle has no such cohort any more"));
}

TEST(Explain, WhoIsOnNoLogHasAStatusOfHisOwn) {
    ConsumerSetting setting;
    setting.create_topic();
    setting.write({setting.records().identity(1)});
    const Exit exit = setting.run({"--explain", "nobody"});
    EXPECT_EQ(exit.status, 66);
    EXPECT_EQ(exit.out, "");
    EXPECT_THAT(exit.err, HasSubstr("no log of a source of this target"));
}

}  // namespace
}  // namespace entstream::test
