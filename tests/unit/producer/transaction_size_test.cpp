// Which records become visible together: in a refresh large transactions, in persist at once.

#include "producer/publish/transaction_size.hpp"

#include <string>

#include "tests/unit/producer/stream_fixture.hpp"

namespace entstream::producer::test {
namespace {

using namespace std::chrono_literals;

TEST(TransactionSize, GrowsUpToTheLimitAndBeginsAnewWithARefresh) {
    publish::TransactionSize size(3000);
    EXPECT_FALSE(size.reached(999));
    EXPECT_TRUE(size.reached(1000));
    EXPECT_TRUE(size.reached(25ms));
    size.grow();
    EXPECT_FALSE(size.reached(1999));
    EXPECT_FALSE(size.reached(49ms));
    for (int i = 0; i < 100; ++i) {
        size.grow();
    }
    EXPECT_FALSE(size.reached(2999));
    EXPECT_TRUE(size.reached(3000));
    EXPECT_TRUE(size.reached(400ms)) << "a consumer does not wait longer, however large transactions may be";
    size.restart();
    EXPECT_TRUE(size.reached(1000));
}

TEST(TransactionSize, ALimitBelowTheFirstSizeHolds) {
    publish::TransactionSize size(1);
    EXPECT_TRUE(size.reached(1));
    size.grow();
    EXPECT_TRUE(size.reached(1));
}

using Transactions = StreamTest;

TEST_F(Transactions, OfARefreshStayOpenBetweenBatchesOfMessages) {
    start();
    stream_->commit();
    // A transaction that has been open for long is closed; on a machine that is busy so may be the first ones.
    constexpr int most_tries = 20;
    int tries = 0;
    std::size_t before = 0;
    do {
        before = log_.transactions();
        send(user("user" + std::to_string(tries), 1));
        stream_->commit_if_due();
    } while (log_.transactions() != before && ++tries < most_tries);
    EXPECT_LT(tries, most_tries) << "each batch of messages was a transaction of its own";
    end_refresh({users, groups, roles}, cookie(2));
    stream_->commit_if_due();
    EXPECT_EQ(state(users).cookie(), cookie(2)) << "the end of the refresh is visible at once";
}

TEST_F(Transactions, OfPersistCloseAtOnce) {
    start_streaming();
    persist(user("eva", 2), sync::EntryState::add, 2);
    const std::size_t before = log_.transactions();
    stream_->commit_if_due();
    EXPECT_EQ(log_.transactions(), before + 1);
    EXPECT_EQ(state(users).cookie(), cookie(2));
}

}  // namespace
}  // namespace entstream::producer::test
