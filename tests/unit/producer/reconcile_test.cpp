// A reconcile that misses very many entries removes them only when a second read agrees.

#include <algorithm>

#include "tests/unit/producer/stream_fixture.hpp"

namespace entstream::producer::test {
namespace {

using Outcome = publish::Reconcile::Outcome;

class ReconcileOfManyAbsent : public StreamTest {
  protected:
    static constexpr int people = 1500;
    static constexpr int shown = 400;

    static std::string person(int number) { return "p" + std::to_string(number); }

    void SetUp() override {
        start();
        for (int i = 0; i < people; ++i) {
            send(user(person(i), 5));
        }
        end_refresh({users, groups, roles}, cookie(10));
        EXPECT_EQ(events().size(), static_cast<std::size_t>(people));
        reconcile_ = stream_->begin_reconcile({});
    }

    /// The directory shows the first ones only. \returns what the reconcile does about it at last
    Outcome read_first(int number) {
        for (int i = 0; i < number; ++i) {
            reconcile_->entry(user(person(i), 5));
        }
        for (const std::size_t search : {users, groups, roles}) {
            reconcile_->ended(search);
        }
        Outcome outcome = Outcome::going_on;
        while (outcome == Outcome::going_on) {
            outcome = reconcile_->step();
        }
        return outcome;
    }

    std::unique_ptr<publish::Reconcile> reconcile_;  // NOLINT
};

TEST_F(ReconcileOfManyAbsent, TheyAreRemovedWhenASecondReadAgrees) {
    EXPECT_EQ(read_first(shown), Outcome::read_again);
    EXPECT_EQ(events(), Events{}) << "one read is not enough";
    EXPECT_FALSE(reconcile_->all_ended());
    EXPECT_EQ(read_first(shown), Outcome::complete);
    const Events removed = events();
    EXPECT_EQ(removed.size(), static_cast<std::size_t>(people - shown));
    EXPECT_EQ(std::count(removed.begin(), removed.end(), "delete user " + person(shown) + " absent_from_refresh"), 1);
    EXPECT_EQ(reconcile_->counts().removals, static_cast<std::uint64_t>(people - shown));
}

TEST_F(ReconcileOfManyAbsent, TheyStayWhenTheSecondReadShowsThem) {
    EXPECT_EQ(read_first(shown), Outcome::read_again);
    EXPECT_EQ(read_first(people), Outcome::complete);
    EXPECT_EQ(events(), Events{});
}

TEST_F(ReconcileOfManyAbsent, ASecondReadThatMissesOthersIsNotEnough) {
    EXPECT_EQ(read_first(shown), Outcome::read_again);
    EXPECT_EQ(read_first(shown - 1), Outcome::read_again);
    EXPECT_EQ(events(), Events{});
    EXPECT_EQ(read_first(shown - 1), Outcome::complete);
    EXPECT_EQ(events().size(), static_cast<std::size_t>(people - shown + 1));
}

TEST_F(ReconcileOfManyAbsent, ADirectoryThatShowsNothingAtAllIsReadAgain) {
    EXPECT_EQ(read_first(0), Outcome::read_again);
    EXPECT_EQ(read_first(people), Outcome::complete);
    EXPECT_EQ(events(), Events{});
}

TEST_F(ReconcileOfManyAbsent, FewerAreRemovedAtOnce) {
    EXPECT_EQ(read_first(people - 1000), Outcome::complete);
    EXPECT_EQ(events().size(), 1000U);
}

}  // namespace
}  // namespace entstream::producer::test
