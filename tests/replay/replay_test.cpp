// entstream-replay as an operator runs it: it simulates without a trace, and heals what was changed in Moodle by hand.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/replay/replay_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ReplayProgram, SimulatesWithoutATraceAndSaysWhatDiffers) {
    const Place pupil = some_pupil();
    EXPECT_EQ(sync({}).status, 2);
    const Exit same = sync({"users", "cohorts", "roles", "--force", "--simulate"});
    EXPECT_EQ(same.status, 0) << same.out << same.err;
    EXPECT_THAT(same.out, HasSubstr("0  differences"));
    EXPECT_THAT(same.out, HasSubstr("last compared as a whole"));

    pipeline_->stop();
    change_by_hand(pupil);
    const auto before = everything();
    const Exit found = sync({"users", "cohorts", "roles", "--force", "--simulate"});
    EXPECT_EQ(found.status, 10) << found.out << found.err;
    EXPECT_THAT(found.out, HasSubstr("lastname: 'By hand' -> "));
    EXPECT_THAT(found.out, HasSubstr("component: '' -> 'local_entstream'"));
    const Exit lines = sync({"users", "--force", "--simulate", "--json"});
    EXPECT_EQ(lines.status, 10);
    std::istringstream stream(lines.out);
    std::string line;
    std::getline(stream, line);
    EXPECT_EQ(nlohmann::json::parse(line)["changes"]["lastname"][0], "By hand");
    EXPECT_EQ(sync({"--user", pupil.username, "--force", "--simulate"}).status, 10);
    // One that is interrupted half way.
    Process cut(command("sync", {"users", "cohorts", "roles", "--force", "--simulate"}), pipeline_->environment());
    cut.kill();
    cut.wait();
    const auto after = everything();
    for (const auto& [what, content] : before) {
        EXPECT_EQ(content, after.at(what)) << what;
    }
    EXPECT_EQ(before.size(), after.size());
}

TEST_F(ReplayProgram, HealsWhatWasChangedByHandBesideARunningConsumer) {
    const Place pupil = some_pupil();
    change_by_hand(pupil);
    const std::string plan = (dir_->path() / "saved.plan").string();
    EXPECT_EQ(sync({"users", "--force", "--simulate", "--save", plan}).status, 10);
    EXPECT_EQ(std::filesystem::status(plan).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_EQ(replay("pause", {}).status, 0);
    EXPECT_EQ(replay("apply", {plan}).status, 1) << "nothing is applied while an operator has paused it";
    EXPECT_EQ(replay("resume", {}).status, 0);
    const Exit applied = replay("apply", {plan});
    EXPECT_EQ(applied.status, 0) << applied.out << applied.err;
    EXPECT_THAT(applied.out, HasSubstr("user updated 1"));
    EXPECT_TRUE(moodle_says("SELECT lastname <> 'By hand' FROM mdl_user WHERE username = '" + pupil.username + "'"));
    EXPECT_THAT(replay("apply", {plan}).out, HasSubstr("Done: nothing"));
    EXPECT_EQ(replay("apply", {pipeline_->consumer_config().string()}).status, 65);

    by_hand("UPDATE mdl_user SET lastname = 'By hand', email = 'by@hand.example' WHERE username = '" + pupil.username +
            "'");
    const Exit plain = sync({"users", "cohorts", "roles"});
    EXPECT_EQ(plain.status, 0) << plain.out << plain.err;
    EXPECT_TRUE(moodle_says("SELECT lastname = 'By hand' FROM mdl_user WHERE username = '" + pupil.username + "'"));
    const Exit healed = sync({"users", "cohorts", "roles", "--force", "--yes"});
    EXPECT_EQ(healed.status, 0) << healed.out << healed.err;
    EXPECT_THAT(healed.out, HasSubstr("user updated 1"));
    EXPECT_TRUE(
        moodle_says("SELECT email <> 'by@hand.example' FROM mdl_user WHERE username = '" + pupil.username + "'"));
    EXPECT_TRUE(moodle_says("SELECT NOT EXISTS (SELECT FROM mdl_cohort WHERE name = 'By hand' OR component = '')"));
    expect_moodle_equals_directory();
    EXPECT_EQ(sync({"users", "cohorts", "roles", "--force", "--simulate"}).status, 0);

    // The stream goes on.
    directory_->replace(pupil.person_dn, "sn", {"NEWNAME"});
    wait_for_moodle("SELECT lastname = 'NEWNAME' FROM mdl_user WHERE username = '" + pupil.username + "'");
}

TEST_F(ReplayProgram, AFullResyncEndsWhatTheLogDoesNotName) {
    const Place pupil = some_pupil();
    change_by_hand(pupil);
    // Linked once to an entry of which the log says nothing any more.
    by_hand(
        "WITH account AS (INSERT INTO mdl_user (auth, username, mnethostid, confirmed) VALUES ('ldap', 'forgotten', 1, "
        "1) RETURNING id), place AS (INSERT INTO mdl_context (id, contextlevel, instanceid, path, depth) SELECT "
        "next.id, 30, "
        "account.id, '/1/' || next.id, 2 FROM account, (SELECT nextval('mdl_context_id_seq') AS id) AS next) "
        "INSERT INTO entstream.link (source, kind, uuid, moodle_id, status, version) SELECT '" +
        pipeline_->source() + "', 'user', '00000000-0000-1000-8000-00000000abcd', id, 'active', 0 FROM account");
    wait_for_moodle("SELECT watermark IS NOT NULL FROM entstream.position");
    EXPECT_EQ(replay("resync", {"--simulate"}).status, 10);
    const std::string report = (dir_->path() / "report.json").string();
    const Exit done = replay("resync", {"--yes", "--report", report});
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_TRUE(moodle_says("SELECT suspended = 1 FROM mdl_user WHERE username = 'forgotten'"));
    expect_moodle_equals_directory();
    const auto said = nlohmann::json::parse(std::ifstream(report));
    EXPECT_EQ(said["outcome"], "done");
    EXPECT_GE(said["differences"], 5);
    // The same totals as the table at the end has, line by line.
    std::string table;
    for (const auto& total : said["planned"]) {
        std::string entities = total["entity"].get<std::string>() + 's';
        std::replace(entities.begin(), entities.end(), '_', ' ');
        table +=
            fmt::format("{:>10}  {} {}{}\n", total["objects"].get<long>(), entities, total["action"].get<std::string>(),
                        total.contains("reason") ? ": " + total["reason"].get<std::string>() : "");
    }
    table += fmt::format("{:>10}  differences\n\n", said["differences"].get<long>());
    EXPECT_THAT(done.out, ::testing::StartsWith(table));
    EXPECT_EQ(std::filesystem::status(report).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_EQ(text("SELECT string_agg(kind || ' ' || outcome, ',' ORDER BY id) FROM entstream.run WHERE kind <> "
                   "'first_start'"),
              "resync done");
    EXPECT_EQ(replay("resync", {"--simulate"}).status, 0);
}

TEST_F(ReplayProgram, HealsOneObjectByAnyOfItsNames) {
    const Place pupil = some_pupil();
    const std::string of_pupil = " FROM mdl_user WHERE username = '" + pupil.username + "'";
    const std::string id = text("SELECT id" + of_pupil);
    const std::string uuid = text("SELECT uuid FROM entstream.link WHERE kind = 'user' AND moodle_id = " + id);
    for (const std::string& name : {pupil.username, id, uuid, pupil.person_dn, text("SELECT email" + of_pupil)}) {
        by_hand("UPDATE mdl_user SET lastname = 'By hand' WHERE id = " + id);
        const Exit healed = sync({"--user", name, "--force", "--no-reconcile", "--yes"});
        EXPECT_EQ(healed.status, 0) << name << healed.out << healed.err;
        EXPECT_TRUE(moodle_says("SELECT lastname <> 'By hand'" + of_pupil)) << name;
        EXPECT_THAT(healed.err, Not(HasSubstr("whole log"))) << name;
    }
    // With the producer asked for this entry.
    by_hand("DELETE FROM mdl_cohort_members WHERE userid = " + id);
    const Exit asked = sync({"--user", pupil.username, "--force", "--yes"});
    EXPECT_EQ(asked.status, 0) << asked.out << asked.err;
    expect_moodle_equals_directory();

    const std::string idnumber = text("SELECT idnumber FROM mdl_cohort ORDER BY id DESC LIMIT 1");
    const std::string of_cohort = " FROM mdl_cohort WHERE id = (SELECT max(id) FROM mdl_cohort)";
    by_hand("UPDATE mdl_cohort SET name = 'By hand' WHERE id = (SELECT max(id) FROM mdl_cohort)");
    EXPECT_EQ(sync({"--cohort", idnumber, "--force", "--yes"}).status, 0);
    EXPECT_TRUE(moodle_says("SELECT name <> 'By hand'" + of_cohort));

    const std::string role = text(
        "SELECT uuid FROM entstream.role_object WHERE role_id IS NOT NULL AND context_id IS "
        "NOT NULL ORDER BY uuid LIMIT 1");
    by_hand(
        "DELETE FROM mdl_role_assignments WHERE component = 'local_entstream' AND (roleid, contextid) = (SELECT "
        "role_id, context_id FROM entstream.role_object WHERE uuid = '" +
        role + "')");
    EXPECT_EQ(sync({"--role", role, "--force", "--yes"}).status, 0);
    expect_moodle_equals_directory();

    // By its names too, without reading the log.
    const FoundEntry object = directory_->find(servers_.ldap_base, "(entryUUID=" + role + ")", {"cn"}).at(0);
    for (const std::string& name : {object.values.at(0).at(0), object.dn}) {
        const Exit found = sync({"--role", name, "--force", "--simulate"});
        EXPECT_EQ(found.status, 0) << name << found.out << found.err;
        EXPECT_THAT(found.err, Not(HasSubstr("whole log"))) << name;
    }

    EXPECT_EQ(sync({"--user", "nobody of this name", "--force", "--simulate"}).status, 66);
    // Who has left is looked at too: an account that was opened again is closed.
    directory_->remove(pupil.person_dn);
    wait_for_moodle("SELECT suspended = 1" + of_pupil);
    by_hand("UPDATE mdl_user SET suspended = 0 WHERE id = " + id);
    EXPECT_EQ(sync({"--user", uuid, "--force", "--yes"}).status, 0);
    EXPECT_TRUE(moodle_says("SELECT suspended = 1" + of_pupil));

    // A group that waits for its ID number is found by it, though another cohort has it.
    const std::string cohort = text("SELECT min(moodle_id)::text FROM entstream.link WHERE kind = 'cohort'");
    run("UPDATE mdl_cohort SET component = 'local_ent_installer' WHERE id = " + cohort +
        "; DELETE FROM entstream.link WHERE kind = 'cohort' AND moodle_id = " + cohort);
    const Exit waits = sync({"--cohort", text("SELECT idnumber FROM mdl_cohort WHERE id = " + cohort), "--force",
                             "--no-reconcile", "--simulate"});
    EXPECT_EQ(waits.status, 0) << waits.out << waits.err;
    EXPECT_THAT(waits.out, HasSubstr("1  cohorts parked"));
}

TEST_F(ReplayProgram, ReleasesTheLockOfCohortsAndLocksThemAgain) {
    const Place pupil = some_pupil();
    const std::string cohorts = text("SELECT count(*) FROM mdl_cohort WHERE component = 'local_entstream'");
    const std::string names = text("SELECT string_agg(name || idnumber, ',' ORDER BY id) FROM mdl_cohort");
    const std::string of_class =
        " FROM mdl_cohort WHERE id = (SELECT moodle_id FROM entstream.link WHERE kind = "
        "'cohort' AND uuid = (SELECT parent_uuid FROM entstream.membership WHERE member_uuid = "
        "(SELECT uuid FROM entstream.link WHERE kind = 'user' AND moodle_id = (SELECT id FROM "
        "mdl_user WHERE username = '" +
        pupil.username + "')) AND parent_kind = 'group' ORDER BY 1 LIMIT 1))";
    EXPECT_EQ(sync({"users", "--release-lock", "--yes"}).status, 2) << "it is about cohorts";
    EXPECT_EQ(sync({"cohorts", "--release-lock", "--lock", "--yes"}).status, 2);
    EXPECT_EQ(sync({"cohorts", "--release-lock"}).status, 2) << "nobody is there to be asked";
    const Exit shown = sync({"cohorts", "--release-lock", "--simulate"});
    EXPECT_EQ(shown.status, 10) << shown.out << shown.err;
    EXPECT_THAT(shown.out, HasSubstr(cohorts + "  cohorts updated"));
    EXPECT_THAT(shown.out, HasSubstr("component: 'local_entstream' -> ''"));
    EXPECT_EQ(text("SELECT count(*) FROM mdl_cohort WHERE component = ''"), "0") << "so far it was only shown";

    const Exit released = sync({"cohorts", "--release-lock", "--yes"});
    EXPECT_EQ(released.status, 0) << released.out << released.err;
    EXPECT_THAT(released.out, HasSubstr("Done: cohort updated " + cohorts));
    EXPECT_EQ(text("SELECT count(*) FROM mdl_cohort WHERE component = ''"), cohorts);
    EXPECT_EQ(text("SELECT string_agg(name || idnumber, ',' ORDER BY id) FROM mdl_cohort"), names);
    EXPECT_EQ(sync({"cohorts", "--release-lock", "--simulate"}).status, 0);

    // The consumer goes on: fields and members, but not the lock.
    directory_->replace(pupil.group_dn, "description", {"as the directory says"});
    wait_for_moodle("SELECT description = 'as the directory says'" + of_class);
    EXPECT_EQ(text("SELECT component" + of_class), "");
    directory_->remove_value(pupil.group_dn, "member", pupil.member);
    wait_for_moodle(
        "SELECT NOT EXISTS (SELECT FROM mdl_cohort_members WHERE cohortid = (SELECT id FROM mdl_cohort WHERE "
        "description = 'as the directory says') AND userid = (SELECT id FROM mdl_user WHERE username = '" +
        pupil.username + "'))");

    EXPECT_EQ(sync({"cohorts", "--lock", "--yes"}).status, 0);
    EXPECT_EQ(text("SELECT count(*) FROM mdl_cohort WHERE component = 'local_entstream'"), cohorts);
    expect_moodle_equals_directory();
}

/// More names than one portion has change hands in one ring: nobody gets his before all of them move.
TEST_F(ReplayProgram, GivesBackNamesThatChangedHandsInOneRun) {
    by_hand(
        "UPDATE mdl_user SET username = '~' || ring.next FROM (SELECT id, coalesce(lead(username) OVER (ORDER BY id), "
        "first_value(username) OVER (ORDER BY id)) AS next FROM mdl_user WHERE auth = 'ldap') AS ring WHERE ring.id = "
        "mdl_user.id");
    by_hand("UPDATE mdl_user SET username = substr(username, 2) WHERE username LIKE '~%'");
    ASSERT_GT(moodle_count("SELECT count(*) FROM mdl_user WHERE auth = 'ldap'"), 500);
    const Exit healed = sync({"users", "--force", "--no-reconcile", "--yes"});
    EXPECT_EQ(healed.status, 0) << healed.out << healed.err;
    EXPECT_TRUE(moodle_says("SELECT NOT EXISTS (SELECT FROM entstream.parked)")) << healed.out << healed.err;
    expect_moodle_equals_directory();
}

TEST_F(ReplayProgram, InterruptedAndTwiceAtOnceEndsWhole) {
    by_hand("UPDATE mdl_user SET lastname = 'By hand' WHERE auth = 'ldap'");
    const std::vector<std::string> forced =
        command("sync", {"users", "cohorts", "roles", "--force", "--no-reconcile", "--yes"});
    {
        Process first(forced, pipeline_->environment());
        ASSERT_TRUE(wait_until([&] {
            return !first.running() || moodle_says(
                                           "SELECT EXISTS (SELECT FROM mdl_user WHERE auth = 'ldap' AND lastname <> "
                                           "'By hand')");
        }));
        first.kill();
        first.wait();
    }
    Process one(forced, pipeline_->environment());
    Process other(forced, pipeline_->environment());
    EXPECT_EQ(one.wait().status, 0) << one.err();
    EXPECT_EQ(other.wait().status, 0) << other.err();
    EXPECT_TRUE(moodle_says("SELECT NOT EXISTS (SELECT FROM mdl_user WHERE lastname = 'By hand')"));
    expect_moodle_equals_directory();
}

}  // namespace
}  // namespace entstream::test
