// What the mapping says of cohorts beside their names: whether they are visible.

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

// One kind of Moodle is enough: nothing here depends on which.
INSTANTIATE_TEST_SUITE_P(Moodle, CohortSettings, ::testing::Values(MoodleKind::core_tables), kind_name);

}  // namespace
}  // namespace entstream::test
