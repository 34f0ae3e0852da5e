// The plan of a batch: read-only by the server's word, readable, and the same that is written.

#include "consumer/merge/plan.hpp"

#include <pqxx/connection>
#include <pqxx/except>
#include <pqxx/transaction>

#include <map>
#include <string>
#include <vector>

#include "consumer/merge/configured_values.hpp"
#include "consumer/merge/site.hpp"
#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

using consumer::UserField;
using consumer::merge::Plan;
using consumer::merge::PlannedObject;
using consumer::merge::SqlTemplates;

class Plans : public MergeTest {
  protected:
    void SetUp() override {
        MergeTest::SetUp();
        if (moodle_) {
            connection_.emplace(moodle_->conninfo());
        }
    }

    /// SQL with what a target sets, for a plan of our own.
    SqlTemplates templates(pqxx::transaction_base& transaction) const {
        SqlTemplates sql("public", "mdl_");
        consumer::merge::set_configured_values(sql, moodle_->config(),
                                               [&](const std::string& text) { return transaction.quote(text); });
        sql.set("source", "'rennes'");
        sql.set("first_offset", "0");
        const auto site =
            consumer::merge::read_site(transaction.exec1("SELECT " + sql("position/site") + " true AS asked"));
        consumer::merge::set_site(sql, site, transaction);
        return sql;
    }

    /// What a batch would do, one object a line, without doing it.
    std::string planned(const Batch& batch) {
        pqxx::work transaction(*connection_);
        const SqlTemplates sql = templates(transaction);
        consumer::merge::make_plan_tables(transaction, sql);
        consumer::merge::read_only(transaction, [&] { return consumer::merge::plan(transaction, sql, batch, {}); });
        std::string lines;
        consumer::merge::read_plan(transaction, sql, [&](const PlannedObject& object) {
            lines += object.entity + " " + object.action + " " + object.subject +
                     (object.changes.empty() ? "" : " " + object.changes) +
                     (object.reason.empty() ? "" : " (" + object.reason + ")") + "\n";
        });
        transaction.abort();
        return lines;
    }

    /// Rows of each table of Moodle that planning a batch reads, by sequential scans and by indexes.
    std::map<std::string, long> rows_read(const Batch& batch) {
        pqxx::work transaction(*connection_);
        const SqlTemplates sql = templates(transaction);
        consumer::merge::make_plan_tables(transaction, sql);
        const char* counts =
            "SELECT relname, seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables WHERE schemaname "
            "= "
            "'public'";
        std::map<std::string, long> rows;
        for (const auto& row : transaction.exec(counts)) {
            rows[row[0].as<std::string>()] -= row[1].as<long>();
        }
        consumer::merge::read_only(transaction, [&] { return consumer::merge::plan(transaction, sql, batch, {}); });
        for (const auto& row : transaction.exec(counts)) {
            rows[row[0].as<std::string>()] += row[1].as<long>();
        }
        transaction.abort();
        return rows;
    }

    std::optional<pqxx::connection> connection_;
};

TEST_P(Plans, ReadOfMoodleWhatTheBatchNamesAndNotTheSite) {
    constexpr int people = 2000;
    constexpr int named = 300;
    constexpr int all_managers = 5000;
    constexpr int everybody = 5001;
    for (int number = 1; number <= people; ++number) {
        user(number);
    }
    apply();
    role(all_managers, "manager", ContextLevel::system);
    group(everybody, "everybody", "everybody");
    for (int number = 1; number <= named; ++number) {
        user(number, {{UserField::city, "Brest"}});
        member(ParentKind::role, all_managers, number, number);
        member(ParentKind::group, everybody, number, number);
    }
    auto rows = rows_read(take_batch());
    // The account itself, the account as a member, what differs; some rows of settings.
    constexpr long most = 4L * named;
    EXPECT_LE(rows["mdl_user"], most);
    EXPECT_LE(rows["mdl_context"], most);
    EXPECT_LE(rows["mdl_cohort_members"], most);
    EXPECT_LE(rows["mdl_role_assignments"], most);
}

TEST_P(Plans, ReadCohortsAndCategoriesAsAWholeOnlyForNewIdnumbers) {
    constexpr int cohorts = 1000;
    for (int number = 1; number <= cohorts; ++number) {
        group(number, "cohort", "C" + std::to_string(number));
    }
    user(5000);
    apply();
    sql("INSERT INTO mdl_course_categories (name, idnumber) SELECT 'x', number FROM generate_series(1, 1000) AS "
        "number");
    group(1, "renamed", "C1");
    group(2, "cohort", "C2");
    member(ParentKind::group, 1, 1, 5000);
    role(5001, "editingteacher", ContextLevel::course, "idnumber", "nowhere");
    group_leaves(3);
    constexpr long most = 20;
    auto rows = rows_read(take_batch());
    EXPECT_LE(rows["mdl_cohort"], most);
    EXPECT_LE(rows["mdl_course_categories"], 0);
}

TEST_P(Plans, SayWhatABatchWouldDoAndChangeNothing) {
    user(1, {{UserField::city, "Rennes"}});
    user(2);
    group(10, "4EME1", "4EME1");
    member(ParentKind::group, 10, 1, 2);
    apply();
    const std::string before =
        sql("SELECT (SELECT max(xmin::text::bigint) FROM mdl_user), (SELECT last_value FROM mdl_user_id_seq), "
            "(SELECT last_value FROM mdl_context_id_seq), (SELECT count(*) FROM mdl_cohort_members), "
            "(SELECT md5(string_agg(link::text, ',' ORDER BY uuid, kind)) FROM entstream.link AS link), "
            "(SELECT count(*) FROM entstream.membership)");

    user(1, {{UserField::city, "Brest"}});
    user_leaves(2);
    user(3);
    user(4, {{UserField::username, "u1"}});
    group(11, "4EME2", "4EME2");
    member(ParentKind::group, 11, 1, 3);
    member_leaves(ParentKind::group, 10, 1);
    const Batch batch = take_batch();
    EXPECT_EQ(planned(batch),
              "user created u3\n"
              "user parked u1 (username taken)\n"
              "user suspended u2 {\"suspended\": [0, 1]}\n"
              "user updated u1 {\"city\": [\"Rennes\", \"Brest\"]}\n"
              "cohort created 4EME2\n"
              "member created \n"
              "member removed \n");
    EXPECT_EQ(sql("SELECT (SELECT max(xmin::text::bigint) FROM mdl_user), (SELECT last_value FROM mdl_user_id_seq), "
                  "(SELECT last_value FROM mdl_context_id_seq), (SELECT count(*) FROM mdl_cohort_members), "
                  "(SELECT md5(string_agg(link::text, ',' ORDER BY uuid, kind)) FROM entstream.link AS link), "
                  "(SELECT count(*) FROM entstream.membership)"),
              before);
    EXPECT_EQ(sql("SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation "
                  "WHERE relname = 'mdl_user' AND mode LIKE 'Row%'"),
              "0");
}

TEST_P(Plans, TheServerRefusesAPlanThatWrites) {
    pqxx::work transaction(*connection_);
    EXPECT_THROW(consumer::merge::read_only(transaction,
                                            [&] {
                                                transaction.exec("UPDATE mdl_user SET city = 'x'");
                                                return Plan{};
                                            }),
                 pqxx::sql_error);
}

TEST_P(Plans, AfterPlanningTheTransactionMayWriteAgain) {
    pqxx::work transaction(*connection_);
    consumer::merge::read_only(transaction, [] { return Plan{}; });
    EXPECT_NO_THROW(transaction.exec("UPDATE mdl_user SET city = city"));
}

TEST_P(Plans, WhatHangsOnANewAccountIsPlannedWithIt) {
    sql("INSERT INTO mdl_role_context_levels (roleid, contextlevel) VALUES (4, 30)");
    user(1);
    user(2);
    role(20, "teacher", ContextLevel::user, "username", "u1");
    member(ParentKind::role, 20, 1, 2);
    group(10, "4EME1", "4EME1");
    member(ParentKind::group, 10, 1, 1);
    apply();
    EXPECT_EQ(sql("SELECT assignment.userid = " + id_of(2) + ", context.instanceid = " + id_of(1) +
                  " FROM mdl_role_assignments AS assignment JOIN mdl_context AS context "
                  "ON context.id = assignment.contextid WHERE assignment.component = 'local_entstream'"),
              "t|t");
    EXPECT_EQ(sql("SELECT role_object.context_id = context.id FROM entstream.role_object JOIN mdl_context AS context "
                  "ON context.contextlevel = 30 AND context.instanceid = " +
                  id_of(1)),
              "t");
    EXPECT_EQ(sql("SELECT userid = " + id_of(1) + " FROM mdl_cohort_members"), "t");
}

TEST_P(Plans, ARoleFollowsWhoGetsTheNameInTheSameBatch) {
    sql("INSERT INTO mdl_role_context_levels (roleid, contextlevel) VALUES (4, 30)");
    user(1);
    user(2);
    user(3);
    apply();
    user(1, {{UserField::username, "other"}});
    user(2, {{UserField::username, "u1"}});
    role(20, "teacher", ContextLevel::user, "username", "u1");
    member(ParentKind::role, 20, 1, 3);
    apply();
    EXPECT_EQ(sql("SELECT context.instanceid = " + id_of(2) +
                  " FROM mdl_role_assignments AS assignment JOIN mdl_context AS context "
                  "ON context.id = assignment.contextid WHERE assignment.component = 'local_entstream'"),
              "t");
}

ENTSTREAM_MERGE_SUITE(Plans);

}  // namespace
}  // namespace entstream::test
