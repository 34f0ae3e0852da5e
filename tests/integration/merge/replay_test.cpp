// Replays: a log planned and applied once more beside the process that serves the Moodle.

#include "tests/integration/merge/replay_test.hpp"

#include <pqxx/transaction>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "consumer/merge/database.hpp"
#include "consumer/merge/rebuild.hpp"

namespace entstream::test {
namespace {

const std::multiset<std::string> differences_of_users = {
    R"(user suspended u4{"suspended": [0, 1]})", R"(user updated u1{"city": ["Paris", "Rennes"]})",
    R"(user updated u3{"email": ["x@example.org", "u3@example.org"], "lastname": ["Other", "Last3"]})"};

TEST_P(Replays, FindNothingWhereNothingWasChanged) {
    EXPECT_TRUE(simulated(everything).empty());
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{});
    EXPECT_EQ(replay(forced()).total(), 0);
}

TEST_P(Replays, WithoutForceDoNotSeeWhatWasChangedByHand) {
    change_by_hand();
    EXPECT_EQ(simulated(everything), std::multiset<std::string>{});
}

TEST_P(Replays, PutRightWhatWasChangedByHand) {
    change_by_hand();
    const std::multiset<std::string> found = simulated(forced());
    EXPECT_EQ(simulated(forced()), found) << "a simulation changes nothing";
    std::multiset<std::string> expected = differences_of_users;
    expected.insert({R"(cohort updated 4EME2{"name": ["Mine", "4EME2"], "component": ["", "local_entstream"]})",
                     "member created ", "member removed "});
    for (const std::string& line : expected) {
        EXPECT_TRUE(found.contains(line)) << line;
    }
    EXPECT_EQ(found.size(), 8U) << ::testing::PrintToString(found);
    replay(forced(), 3);
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{});
    EXPECT_EQ(sql("SELECT username, city, suspended FROM mdl_user WHERE username ~ '^u[0-9]$' ORDER BY 1"),
              "u1|Rennes|0\nu2|Brest|0\nu3||0\nu4||1");
    EXPECT_EQ(members(10), "u1\nu2");
    EXPECT_EQ(members(11), "u3");
    EXPECT_EQ(roles(), "u1|manager\nu2|manager\nu3|coursecreator");
    EXPECT_EQ(sql("SELECT name, component FROM mdl_cohort WHERE id = " + cohort_of(11)), "4EME2|local_entstream");
    EXPECT_EQ(replay(forced()).total(), 0) << "a second run has nothing to do";
    user(1, {{UserField::city, "Quimper"}});
    member_leaves(ParentKind::group, 10, 101);
    publish();
    EXPECT_EQ(members(10), "u2") << "the stream goes on";
}

TEST_P(Replays, SeeEachFieldOfAnAccountThatWasChanged) {
    const ReplayScope users = forced({.users = true});
    EXPECT_EQ(simulated(users), std::multiset<std::string>{});
    const std::string before = sql("SELECT username, firstname, lastname, email FROM mdl_user ORDER BY id");
    for (const std::string column : {"username", "firstname", "lastname", "email", "city"}) {
        sql("UPDATE mdl_user SET " + column + " = 'other' WHERE id = " + id_of(1));
        const std::multiset<std::string> found = simulated(users);
        ASSERT_EQ(found.size(), 1U) << column;
        EXPECT_NE(found.begin()->find("{\"" + column + "\": [\"other\", "), std::string::npos) << *found.begin();
        replay(users);
    }
    EXPECT_EQ(sql("SELECT username, firstname, lastname, email FROM mdl_user ORDER BY id"), before);
    // Two people with each other's names: as many of each as before.
    sql("UPDATE mdl_user SET lastname = CASE username WHEN 'u1' THEN 'Last2' ELSE 'Last1' END WHERE username IN ('u1', "
        "'u2')");
    EXPECT_EQ(simulated(users).size(), 2U);
    replay(users);
    // What is not of the texts.
    sql("UPDATE mdl_user SET auth = 'manual' WHERE id = " + id_of(1));
    EXPECT_EQ(simulated(users).count("user spared u1"), 1U);
    sql("UPDATE mdl_user SET auth = 'ldap', deleted = 1 WHERE id = " + id_of(1));
    EXPECT_EQ(simulated(users).size(), 1U);
}

TEST_P(Replays, SeeMembersWhoHaveChangedPlaces) {
    // As many members of each cohort, and as many cohorts of each person.
    sql("UPDATE mdl_cohort_members SET cohortid = CASE cohortid WHEN " + cohort_of(10) + " THEN " + cohort_of(11) +
        " ELSE " + cohort_of(10) + "::bigint END WHERE userid IN (" + id_of(2) + ", " + id_of(3) + ")");
    EXPECT_EQ(simulated(forced({.cohorts = true})),
              (std::multiset<std::string>{"member created ", "member created ", "member removed ", "member removed "}));
    replay(forced());
    EXPECT_EQ(members(10), "u1\nu2");
    EXPECT_EQ(members(11), "u3");
}

TEST_P(Replays, LookAtTheNamedEntitiesOnly) {
    change_by_hand();
    EXPECT_EQ(simulated(forced({.users = true})), differences_of_users);
    EXPECT_EQ(simulated(forced({.cohorts = true})).size(), 3U);
    EXPECT_EQ(simulated(forced({.roles = true})).size(), 2U);
    replay(forced({.cohorts = true}));
    EXPECT_EQ(members(10), "u1\nu2");
    EXPECT_EQ(roles(), "u2|coursecreator\nu2|manager\nu3|coursecreator");
    EXPECT_EQ(simulated(forced({.users = true})), differences_of_users);
    replay(forced({.users = true, .roles = true}));
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{});
}

TEST_P(Replays, OfOneObjectLeaveTheOthers) {
    change_by_hand();
    ReplayScope one = forced();
    one.person = uuid(1);
    EXPECT_EQ(simulated(one).size(), 2U) << "his city and his role";
    replay(one);
    EXPECT_EQ(sql("SELECT city FROM mdl_user WHERE username = 'u1'"), "Rennes");
    one.person = uuid(2);
    EXPECT_EQ(replay(one).total(), 2) << "his membership, and a role that no object gives";
    EXPECT_EQ(roles(), "u1|manager\nu2|manager\nu3|coursecreator");
    EXPECT_EQ(members(10), "u1\nu2\nu3");
    ReplayScope cohort = forced();
    cohort.cohort = uuid(10);
    EXPECT_EQ(replay(cohort).total(), 1);
    EXPECT_EQ(members(10), "u1\nu2");
    EXPECT_EQ(sql("SELECT name FROM mdl_cohort WHERE id = " + cohort_of(11)), "Mine");
    sql("DELETE FROM mdl_role_assignments WHERE component = 'local_entstream'");
    ReplayScope object = forced();
    object.role_object = uuid(21);
    replay(object);
    EXPECT_EQ(roles(), "u3|coursecreator");
}

TEST_P(Replays, ThatOnlyUpdateCreateAndRemoveNothing) {
    change_by_hand();
    user(5);
    user(1, {{UserField::city, "Quimper"}});
    group(12, "new", "new");
    member(ParentKind::group, 10, 105, 5);
    group_leaves(11);
    user_leaves(2);
    write();
    const std::string accounts = sql("SELECT count(*) FROM mdl_user");
    replay(update_only(forced()));
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user"), accounts);
    EXPECT_EQ(sql("SELECT username, city, suspended FROM mdl_user WHERE username ~ '^u[0-9]$' ORDER BY 1"),
              "u1|Quimper|0\nu2|Brest|0\nu3||0\nu4||0");
    EXPECT_EQ(members(10), "u1\nu2");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort WHERE name = 'new'"), "0");
    EXPECT_EQ(roles(), "u2|coursecreator\nu2|manager\nu3|coursecreator") << "an assignment is there or not";
    // Nothing of it is lost for the process that serves.
    target_->apply(log_.back());
    EXPECT_EQ(members(10), "u1\nu2\nu5");
    EXPECT_EQ(sql("SELECT suspended FROM mdl_user WHERE username = 'u2'"), "1");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort WHERE name = 'new'"), "1");
}

TEST_P(Replays, ApplyWhatIsNewerThanWhatWasApplied) {
    user(1, {{UserField::city, "Quimper"}});
    user(5);
    group(12, "new", "new");
    member(ParentKind::group, 12, 105, 5);
    member(ParentKind::role, 21, 105, 5);
    member_leaves(ParentKind::group, 10, 102);
    write();
    replay(everything);
    EXPECT_EQ(sql("SELECT city FROM mdl_user WHERE username = 'u1'"), "Quimper");
    EXPECT_EQ(members(12), "u5");
    EXPECT_EQ(members(10), "u1");
    EXPECT_EQ(roles(), "u1|manager\nu2|manager\nu3|coursecreator\nu5|coursecreator");
    EXPECT_EQ(simulated(everything), std::multiset<std::string>{});
    // The process that serves comes by the same records later.
    EXPECT_EQ(target_->apply(log_.back()).counts.total(), 0);
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{});
}

TEST_P(Replays, NeverPutAnOlderRecordOverANewerOne) {
    sql("UPDATE mdl_user SET city = 'Paris' WHERE username = 'u1'");
    std::vector<ReplayUnit> units;
    plan(forced(), {.object = {}, .unit = [&](const ReplayUnit& unit) { units.push_back(unit); }});
    user(1, {{UserField::city, "Quimper"}});
    publish();
    beside_->replay("rennes", forced(), units, {});
    EXPECT_EQ(sql("SELECT city FROM mdl_user WHERE username = 'u1'"), "Quimper");
}

TEST_P(Replays, SayWhichRoleAndWhere) {
    const std::string course =
        sql("INSERT INTO mdl_course (category, fullname, shortname, idnumber) VALUES (1, 'Maths', 'MATHS 2A', 'M') "
            "RETURNING id");
    const std::string activity =
        sql("INSERT INTO mdl_course_modules (course, idnumber) VALUES (" + course + ", 'QUIZ') RETURNING id");
    sql("INSERT INTO mdl_course_categories (id, name, idnumber) VALUES (71, 'Lycée', 'LYC')");
    sql("INSERT INTO mdl_role_context_levels (roleid, contextlevel) VALUES (4, 30), (4, 80)");
    sql("INSERT INTO mdl_context (contextlevel, instanceid, path, depth) VALUES (50, " + course + ", '', 3), (70, " +
        activity + ", '', 4), (40, 71, '', 2), (80, 17, '', 2)");
    const std::vector<consumer::RoleDelta> objects = {role(30, "manager", ContextLevel::category, "id", "1"),
                                                      role(31, "manager", ContextLevel::category, "idnumber", "LYC"),
                                                      role(32, "student", ContextLevel::course, "idnumber", "M"),
                                                      role(33, "student", ContextLevel::module, "idnumber", "QUIZ"),
                                                      role(34, "teacher", ContextLevel::user, "username", "u1"),
                                                      role(35, "teacher", ContextLevel::user, "username", "u50"),
                                                      role(36, "teacher", ContextLevel::block, "id", "17")};
    user(50);
    for (const auto& object : objects) {
        member(ParentKind::role, 30 + static_cast<int>(&object - objects.data()), 101, 1);
    }
    member_leaves(ParentKind::role, 20, 101);
    write();
    std::multiset<std::string> decided;
    std::multiset<std::string> traced;
    plan(everything, {.object =
                          [&](const PlannedObject& object) {
                              if (object.entity == "role_assignment") {
                                  decided.insert(object.action + " " + object.subject);
                                  EXPECT_GT(object.role_id, 0);
                                  EXPECT_NE(object.context_id, 0);
                              }
                          },
                      .unit = {},
                      .decision =
                          [&](const consumer::merge::Decision& decision) {
                              if (decision.object.entity == "role_assignment") {
                                  traced.insert(decision.object.action + " " + decision.object.subject);
                              }
                          }});
    const std::multiset<std::string> expected = {"created manager in category Category 1",
                                                 "created manager in category LYC",
                                                 "created student in activity QUIZ of course MATHS 2A",
                                                 "created student in course MATHS 2A",
                                                 "created teacher in block 17",
                                                 "created teacher in user u1",
                                                 "created teacher in user u50",
                                                 "removed manager in system"};
    EXPECT_EQ(decided, expected);
    EXPECT_EQ(traced, expected);
}

TEST_P(Replays, LeaveToTheGuardWhatIsTooMuch) {
    consumer::ConsumerConfig config = moodle_->config();
    config.guard = {.enabled = true, .removals = 1, .percent = 0};
    planner_.emplace(config);
    beside_.emplace(config);
    beside_->open_beside();
    user_leaves(1);
    user_leaves(2);
    user_leaves(3);
    publish();
    sql("UPDATE mdl_user SET suspended = 0 WHERE username IN ('u1', 'u2', 'u3')");
    EXPECT_EQ(simulated(forced()), (std::multiset<std::string>{"user held ", "user held ", "user held "}));
    EXPECT_EQ(replay(forced())(Entity::user, Action::held), 3);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user WHERE suspended = 1"), "1") << "u4";
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.held"), "3");
    beside_->reject("rennes", {});
    EXPECT_EQ(replay(forced()).total(), 0) << "what was rejected stays";
}

TEST_P(Replays, LeaveToTheGuardWhatIsTooMuchForOneInstitution) {
    consumer::ConsumerConfig config = moodle_->config();
    config.guard = {.enabled = true, .removals = 1, .percent = 100};
    planner_.emplace(config);
    beside_.emplace(config);
    beside_->open_beside();
    for (const int number : {1, 2}) {
        user(number, {{UserField::institution, "A"}});
    }
    user(3, {{UserField::institution, "B"}});
    publish();
    // Applied by nobody yet: what would be done is asked for.
    for (const auto& [parent, number] : {std::pair(10, 1), std::pair(10, 2), std::pair(11, 3)}) {
        member_leaves(ParentKind::group, parent, 100 + number);
    }
    for (const auto& [parent, number] : {std::pair(20, 1), std::pair(20, 2), std::pair(21, 3)}) {
        member_leaves(ParentKind::role, parent, 100 + number);
    }
    write();
    std::multiset<std::string> decided;
    plan(everything,
         {.object = [&](const PlannedObject& object) { decided.insert(object.entity + " " + object.action); },
          .unit = {}});
    EXPECT_EQ(decided,
              (std::multiset<std::string>{"member held", "member held", "member removed", "role_assignment held",
                                          "role_assignment held", "role_assignment removed"}));
}

TEST_P(Replays, RememberWhoseRemovalWasRejectedUntilHeIsNamedAgain) {
    consumer::ConsumerConfig config = moodle_->config();
    config.guard = {.enabled = true, .removals = 1, .percent = 0};
    planner_.emplace(config);
    beside_.emplace(config);
    beside_->open_beside();
    target_.emplace(config);
    target_->open();
    target_->claim("rennes");
    for (const int number : {1, 2}) {
        member_leaves(ParentKind::group, 10, 100 + number);
        member_leaves(ParentKind::role, 20, 100 + number);
    }
    publish();
    ASSERT_EQ(sql("SELECT entity, count(*) FROM entstream.held GROUP BY 1 ORDER BY 1"), "member|2\nrole_assignment|2");
    ASSERT_EQ(beside_->reject("rennes", {}), 4);
    sql("DELETE FROM entstream.guard_window");
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{});
    EXPECT_EQ(replay(forced()).total(), 0) << "what was rejected stays";
    ReplayScope whole = forced();
    whole.by_records = true;
    whole.whole = true;
    EXPECT_EQ(replay(whole).total(), 0);
    EXPECT_EQ(members(10), "u1\nu2");
    EXPECT_EQ(roles(), "u1|manager\nu2|manager\nu3|coursecreator");

    member(ParentKind::group, 10, 101, 1);
    member(ParentKind::role, 20, 101, 1);
    publish();
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.rejected"), "2");
    member_leaves(ParentKind::group, 10, 101);
    member_leaves(ParentKind::role, 20, 101);
    publish();
    EXPECT_EQ(members(10), "u2") << "named again, and gone again: that is another removal";
    EXPECT_EQ(roles(), "u2|manager\nu3|coursecreator");
    sql("INSERT INTO mdl_cohort_members (cohortid, userid, timeadded) VALUES (" + cohort_of(10) + ", " + id_of(1) +
        ", 1)");
    sql("DELETE FROM entstream.guard_window");
    EXPECT_EQ(replay(forced()).total(), 1) << "somebody's addition";
    EXPECT_EQ(members(10), "u2");
}

TEST_P(Replays, OfAWholeLogEndWhatItDoesNotName) {
    change_by_hand();
    // The log was made anew, or purged, without these: nobody said that they left.
    for (Batch& batch : log_) {
        std::erase_if(batch.users, [](const auto& delta) { return delta.uuid == uuid(3); });
        std::erase_if(batch.cohorts, [](const auto& delta) { return delta.uuid == uuid(11); });
        std::erase_if(batch.roles, [](const auto& delta) { return delta.uuid == uuid(20); });
        std::erase_if(batch.members, [](const auto& delta) {
            return delta.parent == uuid(11) || delta.parent == uuid(20) ||
                   (delta.parent == uuid(10) && delta.value == uuid(101));
        });
    }
    ReplayScope whole = forced();
    whole.by_records = true;
    whole.whole = true;
    replay(whole, 2);
    EXPECT_EQ(sql("SELECT username, suspended FROM mdl_user WHERE username ~ '^u[0-9]$' ORDER BY 1"),
              "u1|0\nu2|0\nu3|1\nu4|1");
    EXPECT_EQ(sql("SELECT component, visible FROM mdl_cohort WHERE id = " + cohort_of(11)), "|0");
    EXPECT_EQ(members(10), "u2");
    EXPECT_EQ(members(11), "u3") << "a released cohort keeps its members";
    EXPECT_EQ(roles(), "u3|coursecreator");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.membership"), "2");
    EXPECT_EQ(simulated(whole), std::multiset<std::string>{});
    EXPECT_EQ(sql("SELECT city FROM mdl_user WHERE username = 'u1'"), "Rennes");
}

TEST_P(Replays, OfAWholeLogBelieveTheLogAndNotWhatEntstreamRemembers) {
    sql("UPDATE entstream.membership SET member_uuid = '" + uuid(3).to_text() + "' WHERE parent_uuid = '" +
        uuid(10).to_text() + "' AND value_hash = '" + uuid(101).to_text() + "'");
    sql("UPDATE mdl_cohort_members SET userid = " + id_of(3) + " WHERE cohortid = " + cohort_of(10) +
        " AND userid = " + id_of(1));
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{}) << "Moodle is as entstream remembers";
    ReplayScope whole = forced();
    whole.by_records = true;
    whole.whole = true;
    replay(whole);
    EXPECT_EQ(members(10), "u1\nu2");
    EXPECT_EQ(simulated(whole), std::multiset<std::string>{});
}

TEST_P(Replays, OfAnotherMappingSeeTheTablesAsARebuildLeavesThem) {
    sql("INSERT INTO entstream.link (source, kind, uuid, moodle_id, status, version) VALUES ('brest', 'cohort', '" +
        uuid(30).to_text() +
        "', 4711, 'active', 5); "
        "UPDATE entstream.link SET unlocked = true WHERE uuid = '" +
        uuid(11).to_text() +
        "'; "
        "UPDATE mdl_cohort SET component = '' WHERE id = " +
        cohort_of(11));
    for (const std::string source : {"rennes", "brest"}) {
        const std::string key = "('" + source + "', 'user', '" + uuid(7).to_text() + "', ";
        sql("INSERT INTO entstream.parked (source, kind, uuid, reason, wanted, payload, version) VALUES " + key +
            "'taken', 'u7', '{}', 3)");
        sql("INSERT INTO entstream.unmapped (source, kind, uuid, problem, version) VALUES " + key + "'no name', 3)");
        sql("INSERT INTO entstream.held (source, entity, uuid, moodle_id, version) VALUES " + key + "2, 3)");
        sql("INSERT INTO entstream.refused (source, key, value, version, reason) VALUES ('" + source +
            "', 'user/7', '', 3, 'no')");
        sql("INSERT INTO entstream.profile_value (source, uuid, field, value, version) VALUES ('" + source + "', '" +
            uuid(7).to_text() + "', 'ine', 'x', 3)");
        sql("INSERT INTO entstream.cohort_category (source, uuid, category) VALUES ('" + source + "', '" +
            uuid(10).to_text() + "', 'x')");
        sql("INSERT INTO entstream.removals (source, generation, cause, users, groups, roles, members, users_seen, "
            "groups_seen, roles_seen, members_seen) VALUES ('" +
            source + "', 7, 'refresh', 1, 1, 1, 1, 1, 1, 1, 1)");
        sql("INSERT INTO entstream.former_member (source, group_uuid, member_uuid) VALUES ('" + source + "', '" +
            uuid(10).to_text() + "', '" + uuid(1).to_text() + "')");
    }
    consumer::ConsumerConfig config = moodle_->config();
    for (const std::string prefix : {"", "2027"}) {
        config.mapping.cohorts.prefix = prefix;
        consumer::merge::Connection connection(config.database);
        const auto content = [](pqxx::transaction_base& transaction, const std::string& table) {
            return transaction
                .exec1(
                    "SELECT coalesce(string_agg(row, E'\\n' ORDER BY row), '') FROM (SELECT (to_jsonb(one) - "
                    "'{ctid, theme, timecreated, timemodified, descriptionformat}'::text[])::text AS row "
                    "FROM " +
                    table + " AS one) AS rows")[0]
                .as<std::string>();
        };
        std::map<std::string, std::string> seen;  // by the table's name
        {
            pqxx::work transaction(connection.get());
            consumer::merge::SqlTemplates templates(config.database.schema, config.database.prefix);
            templates.set("source", "'rennes'");
            as_forgotten(transaction, templates, config, "rennes");
            for (const auto& row :
                 transaction.exec("SELECT relname FROM pg_class WHERE relnamespace = "
                                  "pg_my_temp_schema() AND relkind = 'v' AND relname <> 'position'")) {
                const auto view = row[0].as<std::string>();
                seen[view == "moodle_cohort" ? "mdl_cohort" : "entstream." + view] =
                    content(transaction, "pg_temp." + view);
            }
        }
        EXPECT_EQ(seen.size(), 12U);
        begin_rebuild(config, "rennes", consumer::merge::ReleaseFormerYear::now);
        pqxx::work transaction(connection.get());
        for (const auto& [table, rows] : seen) {
            EXPECT_EQ(rows, content(transaction, table)) << table << " with prefix '" << prefix << "'";
        }
    }
}

TEST_P(Replays, OfOnePersonFindWhoIsInACohortWithoutAReason) {
    change_by_hand();
    ReplayScope one = forced();
    one.person = uuid(3);
    EXPECT_TRUE(simulated(one).contains("member removed "));
    replay(one);
    EXPECT_EQ(members(10), "u1") << "of the others nothing is put right";
}

TEST_P(Replays, GiveBackNamesThatWereSwappedByHand) {
    sql("UPDATE mdl_user SET username = 'between' WHERE username = 'u1'; "
        "UPDATE mdl_user SET username = 'u1' WHERE username = 'u2'; "
        "UPDATE mdl_user SET username = 'u2' WHERE username = 'between'");
    EXPECT_EQ(simulated(forced()).size(), 2U);
    replay(forced());
    EXPECT_EQ(sql("SELECT username FROM mdl_user WHERE id = " + id_of(1)), "u1");
    EXPECT_EQ(simulated(forced()), std::multiset<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Moodle, Replays, ::testing::Values(MoodleKind::core_tables), kind_name);

}  // namespace
}  // namespace entstream::test
