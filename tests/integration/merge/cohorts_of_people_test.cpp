// Cohorts that attributes of people name, in the database.

#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

class CohortsOfPeople : public MergeTest {
  protected:
    void SetUp() override {
        MergeTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        consumer::ConsumerConfig config = moodle_->config();
        config.mapping.cohorts.from_people.emplace_back();
        target_.emplace(config);
        target_->open();
        target_->claim("rennes");
    }

    /// A user whose attributes name these cohorts.
    consumer::UserDelta& pupil(int number, const std::vector<std::string>& classes, const Fields& fields = {}) {
        consumer::UserDelta& delta = user(number, fields);
        for (const std::string& name : classes) {
            delta.cohorts.push_back({Uuid::from_name(name), delta.version, true, "Class " + name, name, ""});
        }
        return delta;
    }

    std::string cohorts() { return sql("SELECT name, idnumber, component, visible FROM mdl_cohort ORDER BY idnumber"); }
    std::string members() {
        return sql(
            "SELECT cohort.idnumber, username FROM mdl_cohort_members AS member "
            "JOIN mdl_cohort AS cohort ON cohort.id = member.cohortid "
            "JOIN mdl_user AS account ON account.id = member.userid ORDER BY 1, 2");
    }
};

TEST_P(CohortsOfPeople, ComeWithThePeopleAndTheirMembers) {
    pupil(1, {"4A"});
    pupil(2, {"4A", "LAT"});
    user(3);
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::cohort, Action::created), 2);
    EXPECT_EQ(summary.counts(Entity::member, Action::created), 3);
    EXPECT_EQ(cohorts(), "Class 4A|4A|local_entstream|1\nClass LAT|LAT|local_entstream|1");
    EXPECT_EQ(members(), "4A|u1\n4A|u2\nLAT|u2");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_logstore_standard_log WHERE target = 'cohort_member' AND action = 'added'"),
              "3");
}

TEST_P(CohortsOfPeople, ClassChangeMovesTheMemberAndLeavesTheEmptyClass) {
    pupil(1, {"4A", "LAT"});
    apply();
    pupil(1, {"4B", "LAT"});
    pupil(2, {"4B"});
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::member, Action::created), 2);
    EXPECT_EQ(summary.counts(Entity::member, Action::removed), 1);
    EXPECT_EQ(members(), "4B|u1\n4B|u2\nLAT|u1");
    EXPECT_EQ(cohorts(),
              "Class 4A|4A|local_entstream|1\nClass 4B|4B|local_entstream|1\nClass LAT|LAT|local_entstream|1");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.membership"), "3");
}

TEST_P(CohortsOfPeople, LastClassOfSomebodyEndsInABatchWithoutAnyOther) {
    pupil(1, {"4A"});
    apply();
    user(1);
    EXPECT_EQ(apply().counts(Entity::member, Action::removed), 1);
    EXPECT_EQ(members(), "");
}

TEST_P(CohortsOfPeople, AnotherChangeOfThePersonWritesNothingOfThem) {
    pupil(1, {"4A"});
    apply();
    sql("UPDATE mdl_cohort SET timemodified = 1");
    pupil(1, {"4A"}, {{consumer::UserField::city, "Rennes"}});
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::updated), 1);
    EXPECT_EQ(summary.counts.total(), 1);
    EXPECT_EQ(sql("SELECT timemodified FROM mdl_cohort"), "1");
}

TEST_P(CohortsOfPeople, WhoLeavesLosesTheClassButNotWhatGroupsSay) {
    pupil(1, {"4A"});
    pupil(2, {"4A"});
    group(10, "Choir", "CHOIR");
    member(ParentKind::group, 10, 50, 1);
    apply();
    user_leaves(1);
    EXPECT_EQ(apply().counts(Entity::member, Action::removed), 1);
    EXPECT_EQ(members(), "4A|u2\nCHOIR|u1");

    pupil(1, {"4B"});
    apply();
    EXPECT_EQ(members(), "4A|u2\n4B|u1\nCHOIR|u1") << "returned, into another class";
}

TEST_P(CohortsOfPeople, GroupOfTheSameIdnumberParksThemUntilItIsFree) {
    group(10, "Group", "4A");
    apply();
    pupil(1, {"4A"});
    ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::created), 1);
    EXPECT_EQ(summary.counts(Entity::cohort, Action::parked), 1);
    EXPECT_EQ(members(), "");
    EXPECT_EQ(sweep().parked_cohorts, 1);

    // Who has left meanwhile is not among those who come in when the idnumber is free.
    pupil(2, {"4A"});
    apply();
    user_leaves(1);
    apply();
    group_leaves(10);
    summary = apply();
    EXPECT_EQ(summary.counts(Entity::cohort, Action::created), 1);
    EXPECT_EQ(members(), "4A|u2");
    EXPECT_EQ(sweep().parked_cohorts, 0);
}

TEST_P(CohortsOfPeople, SameIdnumberFromAnotherSourceWaits) {
    pupil(1, {"4A"});
    apply();
    target_->claim("nantes");
    pupil(2, {"4A"});
    Batch of_nantes = take_batch();
    of_nantes.source = "nantes";
    of_nantes.log_id = "log-2";
    of_nantes.first_offset = 0;
    const ApplySummary summary = target_->apply(of_nantes);
    EXPECT_EQ(summary.counts(Entity::cohort, Action::parked), 1);
    EXPECT_EQ(members(), "4A|u1");
    EXPECT_EQ(target_->sweep("nantes").parked_cohorts, 1);
}

TEST_P(CohortsOfPeople, WhoHasNoAccountYetIsAMemberAsSoonAsHeHas) {
    pupil(1, {"4A"});
    apply();
    pupil(2, {"4A"}, {{consumer::UserField::username, "u1"}});
    apply();
    EXPECT_EQ(sweep().parked_users, 1);
    pupil(2, {"4B"}, {{consumer::UserField::username, "u1"}});
    apply();
    EXPECT_EQ(members(), "4A|u1");

    user_leaves(1);  // frees the name: number 2 is tried again in the same transaction
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::created), 1);
    EXPECT_EQ(members(), "4B|u1");
    EXPECT_EQ(members(), "4B|u1") << "a sweep changes nothing";
}

TEST_P(CohortsOfPeople, WhoLeavesBeforeHisAccountWasMadeLeavesNothing) {
    user(1);
    apply();
    pupil(2, {"4A"}, {{consumer::UserField::username, "u1"}});
    apply();
    user_leaves(2);
    apply();
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.membership"), "0");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.parked"), "0");
}

TEST_P(CohortsOfPeople, ASchoolYearTurnsInOneBatch) {
    consumer::ConsumerConfig unguarded = moodle_->config();
    unguarded.mapping.cohorts.from_people.emplace_back();
    unguarded.guard.enabled = false;
    target_.reset();
    target_.emplace(unguarded);
    target_->open();
    target_->claim("rennes");
    constexpr int people = 300;
    for (int i = 1; i <= people; ++i) {
        pupil(i, {"4-" + std::to_string(i % 10)});
    }
    apply();
    for (int i = 1; i <= people; ++i) {
        pupil(i, {"3-" + std::to_string(i % 10)});
    }
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::cohort, Action::created), 10);
    EXPECT_EQ(summary.counts(Entity::member, Action::created), people);
    EXPECT_EQ(summary.counts(Entity::member, Action::removed), people);
    EXPECT_EQ(sql("SELECT count(*), count(*) FILTER (WHERE cohort.idnumber = '3-' || substr(username, 2)::int % 10) "
                  "FROM mdl_cohort_members AS member JOIN mdl_cohort AS cohort ON cohort.id = member.cohortid "
                  "JOIN mdl_user AS account ON account.id = member.userid"),
              "300|300");
}

ENTSTREAM_MERGE_SUITE(CohortsOfPeople);

}  // namespace
}  // namespace entstream::test
