// What DELETEs say that they belong to is kept with the position.

#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

using consumer::RemovalTotals;

class Removals : public MergeTest {
  protected:
    void leaves(int number) {
        user_leaves(number);
        batch_.removals = {RemovalTotals{.generation = 3,
                                         .cause = "refresh",
                                         .announced = {.users = 2, .groups = 1, .roles = 0, .members = 0},
                                         .seen = {{.version = offset_, .kind = KeyKind::user}}}};
    }
    std::string noted() {
        return sql("SELECT source, generation, cause, users, groups, users_seen, groups_seen FROM entstream.removals");
    }
};

TEST_P(Removals, TheTotalsAreKnownFromTheFirstAndEachIsCountedOnce) {
    user(1);
    user(2);
    apply();
    EXPECT_EQ(noted(), "");
    leaves(1);
    const Batch first = take_batch();
    target_->apply(first);
    EXPECT_EQ(noted(), "rennes|3|refresh|2|1|1|0");
    EXPECT_TRUE(failure_of([&] { target_->apply(first); })) << "it is applied already";
    EXPECT_EQ(noted(), "rennes|3|refresh|2|1|1|0");
    leaves(2);
    apply();
    EXPECT_EQ(noted(), "rennes|3|refresh|2|1|2|0");
}

TEST_P(Removals, OldOnesGoWithTheNext) {
    sql("INSERT INTO entstream.removals (source, generation, cause, users, groups, roles, members, users_seen, "
        "groups_seen, roles_seen, members_seen, last_at) VALUES ('rennes', 1, 'refresh', 1, 0, 0, 0, 1, 0, 0, 0, "
        "now() - interval '91 days')");
    leaves(1);
    apply();
    EXPECT_EQ(noted(), "rennes|3|refresh|2|1|1|0");
}

ENTSTREAM_MERGE_SUITE(Removals);

}  // namespace
}  // namespace entstream::test
