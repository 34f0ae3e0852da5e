// entstream.audit: what was done, per object once the first load is over.

#include <chrono>

#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

using consumer::UserField;

class Audit : public MergeTest {
  protected:
    /// As the first heartbeat with a watermark does.
    void end_first_load() {
        Batch batch = take_batch();
        batch.watermark = std::chrono::system_clock::now();
        target_->apply(batch);
        sql("DELETE FROM entstream.audit");
    }
    std::string rows() {
        return sql(
            "SELECT entity, action, objects, coalesce(right(uuid::text, 2), '-'), coalesce(right(parent::text, 2), "
            "'-') "
            "FROM entstream.audit ORDER BY entity, action, uuid");
    }
};

TEST_P(Audit, AFirstLoadIsCounted) {
    user(1);
    user(2);
    apply();
    EXPECT_EQ(rows(), "user|created|2|-|-");
}

TEST_P(Audit, AfterwardsEachObjectHasARowAndItsFields) {
    user(1, {{UserField::city, "Rennes"}});
    user(2);
    group(16, "4EME1", "4EME1");
    member(ParentKind::group, 16, 1, 2);
    end_first_load();

    user(1, {{UserField::city, "Brest"}});
    user_leaves(2);
    user(3);
    group(16, "4EME2", "4EME1");
    member_leaves(ParentKind::group, 16, 1);
    role(17, "manager", ContextLevel::system);
    member(ParentKind::role, 17, 1, 1);
    apply();
    EXPECT_EQ(rows(),
              "cohort|updated|1|10|-\n"
              "member|removed|1|02|10\n"
              "role_assignment|created|1|01|-\n"
              "user|created|1|03|-\n"
              "user|suspended|1|02|-\n"
              "user|updated|1|01|-");
    EXPECT_EQ(
        sql("SELECT entity, field, before, after FROM entstream.audit JOIN entstream.audit_field ON audit_id = id "
            "WHERE field NOT IN ('role_id', 'context_id') ORDER BY entity, field"),
        "cohort|name|4EME1|4EME2\nuser|city|Rennes|Brest\nuser|suspended|0|1");
    EXPECT_EQ(
        sql("SELECT moodle_id = " + id_of(1) + " FROM entstream.audit WHERE action = 'updated' AND entity = 'user'"),
        "t");
    EXPECT_EQ(sql("SELECT shortname FROM entstream.audit_field JOIN mdl_role ON mdl_role.id::text = after "
                  "WHERE field = 'role_id'"),
              "manager");
}

TEST_P(Audit, SweepsForgetWhatIsOld) {
    user(1);
    end_first_load();
    user(1, {{UserField::city, "Brest"}});
    apply();
    user(1, {{UserField::city, "Rennes"}});
    apply();
    sql("UPDATE entstream.audit SET applied_at = now() - interval '91 days' WHERE id = (SELECT min(id) FROM "
        "entstream.audit)");
    sweep();
    EXPECT_EQ(sql("SELECT before, after FROM entstream.audit_field"), "Brest|Rennes");
}

ENTSTREAM_MERGE_SUITE(Audit);

}  // namespace
}  // namespace entstream::test
