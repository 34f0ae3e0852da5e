// What the mapping says of cohorts beside their names: whether they are visible, and in which course category they are.

#include <string>

#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

class CohortSettings : public MergeTest {
  protected:
    /// Opens the target anew with another mapping, as after a rebuild.
    void reopen(const consumer::ConsumerConfig& config) {
        target_.reset();
        sql("DELETE FROM entstream.property WHERE name LIKE 'mapping/%'");
        target_.emplace(config);
        target_->open();
        target_->claim("rennes");
    }
    /// cohorts.visible; nullopt: the mapping does not say.
    void set_visible(std::optional<bool> visible) {
        auto config = moodle_->config();
        config.mapping.cohorts.visible = visible;
        reopen(config);
    }
    /// A group whose cohort is to be in the course category of this ID number.
    consumer::CohortDelta& group_in(int number, const std::string& idnumber, const std::string& category) {
        consumer::CohortDelta& cohort = group(number, idnumber, idnumber);
        cohort.level = ContextLevel::category;
        cohort.category = category;
        return cohort;
    }
    /// The mapping says where cohorts are to be.
    void place_cohorts(std::int64_t removals = 20) {
        auto config = moodle_->config();
        config.guard.removals = removals;
        config.guard.percent = 0;
        config.mapping.cohorts.level.value = "coursecat";
        config.mapping.cohorts.identifier.value = "${ou}";
        reopen(config);
    }
    /// A course category with a context, as Moodle makes it.
    void category(int id, const std::string& idnumber) {
        const std::string number = std::to_string(id);
        sql("INSERT INTO mdl_course_categories (id, name, idnumber) VALUES (" + number + ", 'School', '" + idnumber +
            "'); INSERT INTO mdl_context (id, contextlevel, instanceid, path, depth) VALUES (" + number + "00, 40, " +
            number + ", '/1/" + number + "00', 2)");
    }
    /// As Moodle does it: its cohorts go to the parent.
    void delete_category(int id) {
        const std::string number = std::to_string(id);
        sql("UPDATE mdl_cohort SET contextid = 1 WHERE contextid = " + number +
            "00; DELETE FROM mdl_context WHERE id = " + number +
            "00; DELETE FROM mdl_course_categories WHERE id = " + number);
    }
    void first_load_is_over() {
        batch_.watermark = std::chrono::system_clock::now();
        apply();
    }
    std::string places() { return sql("SELECT idnumber, contextid FROM mdl_cohort ORDER BY idnumber"); }
    std::string parked() { return sql("SELECT wanted, reason FROM entstream.parked ORDER BY wanted"); }
    std::string visible() { return sql("SELECT idnumber, visible FROM mdl_cohort ORDER BY idnumber"); }
};

TEST_P(CohortSettings, VisibleIsAppliedToCohortsThatAreThereWhereTheMappingNamesIt) {
    group(10, "4e A", "4A");
    apply();
    sql("UPDATE mdl_cohort SET visible = 0");
    group(10, "4e A bis", "4A");
    apply();
    EXPECT_EQ(visible(), "4A|0") << "unnamed it is the administrators'";
    set_visible(true);
    group(10, "4e A bis", "4A");
    group(11, "4e B", "4B");
    EXPECT_EQ(apply().counts(Entity::cohort, Action::updated), 1);
    EXPECT_EQ(visible(), "4A|1\n4B|1");
    EXPECT_EQ(sql("SELECT field, before, after FROM entstream.audit_field"), "") << "a first load has no such rows";
    set_visible(false);
    batch_.watermark = std::chrono::system_clock::now();
    apply();
    group(10, "4e A bis", "4A");
    EXPECT_EQ(apply().counts(Entity::cohort, Action::updated), 1);
    EXPECT_EQ(visible(), "4A|0\n4B|1");
    EXPECT_EQ(sql("SELECT field, before, after FROM entstream.audit_field"), "visible|1|0") << "as the plan has it";
    group(10, "4e A bis", "4A");
    EXPECT_EQ(apply().counts.total(), 0);
}

TEST_P(CohortSettings, ANewCohortIsMadeInItsCourseCategoryAndLogged) {
    place_cohorts();
    category(7, "E1");
    group_in(10, "4A", "E1");
    group(11, "4B", "4B").level = ContextLevel::system;
    EXPECT_EQ(apply().counts(Entity::cohort, Action::created), 2);
    EXPECT_EQ(places(), "4A|700\n4B|1");
    EXPECT_EQ(sql("SELECT contextid, contextlevel, contextinstanceid FROM mdl_logstore_standard_log "
                  "WHERE target = 'cohort' ORDER BY contextid DESC"),
              "700|40|7\n1|10|0");
}

TEST_P(CohortSettings, ACohortWhoseCourseCategoryMoodleLacksWaitsAndIsFoundBySweeps) {
    place_cohorts();
    user(1);
    group_in(10, "4A", "E1");
    group_in(11, "4B", "");  // the entry names none: entstream.unmapped
    batch_.cohorts.back().level.reset();
    batch_.cohorts.back().problem = "identifier: ...";
    member(ParentKind::group, 10, 1, 1);
    EXPECT_EQ(apply().counts(Entity::cohort, Action::parked), 2);
    EXPECT_EQ(places(), "");
    EXPECT_EQ(parked(), "4A|Moodle has no course category of the ID number 'E1', or several");
    EXPECT_EQ(sweep().parked_cohorts, 1);
    category(7, "E1");
    category(8, "E1");
    EXPECT_EQ(sweep().parked_cohorts, 1) << "two have the number";
    sql("UPDATE mdl_course_categories SET idnumber = 'E2' WHERE id = 8");
    const SweepSummary swept = sweep();
    EXPECT_EQ(swept.parked_cohorts, 0);
    EXPECT_EQ(swept.counts(Entity::cohort, Action::created), 1);
    EXPECT_EQ(places(), "4A|700");
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_cohort_members"), "1") << "its members waited";
}

TEST_P(CohortSettings, ACohortThatIsThereIsMovedAndThePlanShowsIt) {
    group(10, "4A", "4A");
    apply();
    first_load_is_over();
    place_cohorts();
    category(7, "E1");
    group_in(10, "4A", "E1");
    EXPECT_EQ(apply().counts(Entity::cohort, Action::updated), 1);
    EXPECT_EQ(places(), "4A|700");
    EXPECT_EQ(sql("SELECT field, before, after FROM entstream.audit_field"), "contextid|1|700");
    EXPECT_EQ(sql("SELECT contextid, contextlevel FROM mdl_logstore_standard_log WHERE action = 'updated'"), "700|40");
    group_in(10, "4A", "E1");
    EXPECT_EQ(apply().counts.total(), 0);
    group(10, "4A", "4A").level = ContextLevel::system;
    apply();
    EXPECT_EQ(places(), "4A|1");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.cohort_category"), "0");
}

TEST_P(CohortSettings, ADeletedCourseCategoryIsNoFightAndItsNewOneIsFound) {
    place_cohorts();
    category(7, "E1");
    group_in(10, "4A", "E1");
    apply();
    delete_category(7);
    EXPECT_EQ(sweep().misplaced_cohorts, 1);
    group_in(10, "4A", "E1").name = "4A bis";
    EXPECT_EQ(apply().counts(Entity::cohort, Action::updated), 1);
    EXPECT_EQ(places(), "4A|1") << "it stays where Moodle has put it";
    EXPECT_EQ(sweep().counts.total(), 0);
    category(9, "E1");
    const SweepSummary swept = sweep();
    EXPECT_EQ(swept.counts(Entity::cohort, Action::updated), 1);
    EXPECT_EQ(swept.misplaced_cohorts, 0);
    EXPECT_EQ(places(), "4A|900");
    sql("UPDATE mdl_course_categories SET idnumber = '' WHERE id = 9");
    category(8, "E1");
    sweep();
    EXPECT_EQ(places(), "4A|800") << "the ID number is another category's now";
    group_leaves(10);
    apply();
    EXPECT_EQ(places(), "4A|800");
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.cohort_category"), "0") << "released, it is the administrators'";
}

TEST_P(CohortSettings, AReleaseThatIsApprovedEndsTheWaitForTheCourseCategory) {
    place_cohorts(0);
    category(7, "E1");
    group_in(10, "4A", "E1");
    apply();
    delete_category(7);
    EXPECT_EQ(sweep().misplaced_cohorts, 1);
    group_leaves(10);
    EXPECT_EQ(apply().counts(Entity::cohort, Action::held), 1);
    EXPECT_EQ(sweep().misplaced_cohorts, 1) << "it is kept";
    consumer::merge::HeldDecision decision;
    target_->approve("rennes", {}, decision);
    EXPECT_EQ(decision.counts(Entity::cohort, Action::released), 1);
    EXPECT_EQ(sweep().misplaced_cohorts, 0);
}

// One kind of Moodle is enough: nothing here depends on which.
INSTANTIATE_TEST_SUITE_P(Moodle, CohortSettings, ::testing::Values(MoodleKind::core_tables), kind_name);

}  // namespace
}  // namespace entstream::test
