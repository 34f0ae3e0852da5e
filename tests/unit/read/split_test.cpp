#include "consumer/read/split.hpp"

#include <gmock/gmock.h>

namespace entstream::consumer::read {
namespace {

using ::testing::SizeIs;

template <typename Delta>
Delta at(Offset version) {
    Delta delta{};
    delta.version = version;
    return delta;
}

Batch make_batch() {
    Batch batch;
    batch.source = "rennes";
    batch.log_id = "log";
    batch.first_offset = 100;
    batch.next_offset = 200;
    batch.last_sequence = 90;
    batch.watermark = std::chrono::system_clock::time_point(std::chrono::seconds(1));
    batch.users = {at<UserDelta>(150), at<UserDelta>(110)};
    batch.users[0].cohorts = {at<CohortDelta>(150)};
    batch.cohorts = {at<CohortDelta>(190)};
    batch.members = {at<MemberDelta>(120)};
    batch.removals = {{.generation = 3,
                       .cause = "refresh",
                       .announced = {.users = 9},
                       .seen = {{.version = 110, .kind = KeyKind::user}, {.version = 190, .kind = KeyKind::group}}}};
    return batch;
}

TEST(Split, TheHalvesAreNeighbouringStretchesWithAllDeltas) {
    const Batch whole = make_batch();
    const auto [first, second] = split(whole, 42);
    EXPECT_EQ(first.first_offset, 100);
    EXPECT_EQ(first.next_offset, 150);
    EXPECT_EQ(second.first_offset, 150);
    EXPECT_EQ(second.next_offset, 200);
    EXPECT_EQ(first.source, "rennes");
    EXPECT_EQ(second.log_id, "log");
    EXPECT_THAT(first.users, SizeIs(1));
    EXPECT_THAT(first.members, SizeIs(1));
    ASSERT_THAT(second.users, SizeIs(1));
    EXPECT_THAT(second.users[0].cohorts, SizeIs(1)) << "what a person's attributes name goes with the person";
    EXPECT_THAT(second.cohorts, SizeIs(1));
}

TEST(Split, WhatBelongsToTheEndOfTheStretchComesWithTheSecondHalf) {
    const Batch whole = make_batch();
    const auto [first, second] = split(whole, 42);
    EXPECT_EQ(first.last_sequence, 42U);
    EXPECT_EQ(first.watermark, std::nullopt);
    EXPECT_EQ(second.last_sequence, 90U);
    EXPECT_EQ(second.watermark, whole.watermark);
}

TEST(Split, ARemovalIsCountedWhereItsRecordStands) {
    const auto [first, second] = split(make_batch(), 42);
    ASSERT_THAT(first.removals, SizeIs(1));
    ASSERT_THAT(second.removals, SizeIs(1));
    EXPECT_EQ(first.removals[0].announced.users, 9);
    EXPECT_EQ(first.removals[0].seen_counts().users, 1);
    EXPECT_EQ(first.removals[0].seen_counts().groups, 0);
    EXPECT_EQ(second.removals[0].seen_counts().users, 0);
    EXPECT_EQ(second.removals[0].seen_counts().groups, 1);
    EXPECT_THAT(without_deltas(first).removals[0].seen, SizeIs(1));
}

TEST(Split, SplittingAgainAndAgainEndsWithSingleDeltas) {
    Batch rest = make_batch();
    std::vector<Offset> versions;
    while (delta_count(rest) > 1) {
        auto [first, second] = split(rest, 0);
        ASSERT_LT(delta_count(first), delta_count(rest));
        ASSERT_LT(delta_count(second), delta_count(rest));
        while (delta_count(first) > 1) {
            first = split(first, 0).first;
        }
        versions.push_back(only_version(first));
        rest = std::move(second);
    }
    versions.push_back(only_version(rest));
    EXPECT_EQ(versions.front(), 110);
    EXPECT_EQ(versions.back(), 190);
}

TEST(Split, WithoutDeltasTheStretchStays) {
    const Batch bare = without_deltas(make_batch());
    EXPECT_FALSE(bare.has_deltas());
    EXPECT_EQ(bare.first_offset, 100);
    EXPECT_EQ(bare.next_offset, 200);
    EXPECT_EQ(bare.last_sequence, 90U);
    EXPECT_TRUE(bare.watermark);
}

}  // namespace
}  // namespace entstream::consumer::read
