// What a producer reads back: it writes only to a log whose format it knows, and skips what it did not write.

#include "producer/publish/restore.hpp"

#include <gtest/gtest.h>

#include "producer/publish/publisher.hpp"

namespace entstream::producer::publish {
namespace {

class Restore : public ::testing::Test {
  protected:
    void read(std::string_view key, const google::protobuf::MessageLite& value) {
        restorer_.change(key, value.SerializeAsString());
    }

    static v1::LogIdentity identity(std::uint32_t format_version) {
        v1::LogIdentity identity;
        identity.set_log_id("log");
        identity.set_format_version(format_version);
        return identity;
    }

    v1::Change change(v1::Kind kind, int operation) {
        v1::Change change;
        change.set_kind(kind);
        change.set_uuid((kind == v1::KIND_MEMBER ? Uuid::from_name("g") : Uuid::from_name("eva")).to_bytes());
        change.mutable_member()->set_parent_kind(v1::KIND_GROUP);
        change.mutable_member()->set_parent_uuid(Uuid::from_name("g").to_bytes());
        change.set_operation(static_cast<v1::Operation>(operation));
        change.set_sequence(++sequence_);
        return change;
    }
    std::vector<std::string> skipped() {
        std::vector<std::string> result;
        for (const Damage::Record& record : restorer_.finish().damage.records) {
            result.push_back(record.key_kind + '@' + std::to_string(record.offset));
        }
        return result;
    }

    std::uint64_t sequence_ = 0;
    const std::string user_ = user_key(Uuid::from_name("eva"));
    const std::string member_ = member_key(Uuid::from_name("g"), Uuid::from_name("eva"));
    ProducerConfig config_;
    index::Index index_;
    Restorer restorer_{config_, index_};
};

TEST_F(Restore, ANewerFormatIsRefused) {
    EXPECT_NO_THROW(read(log_identity_key, identity(log_format_version)));
    EXPECT_THROW(read(log_identity_key, identity(log_format_version + 1)), UnreadableLog);
}

using Skipped = std::vector<std::string>;

TEST_F(Restore, AnUnknownOperationIsSkipped) {
    for (const auto& [key, kind] : {std::pair{user_, v1::KIND_USER}, std::pair{member_, v1::KIND_MEMBER}}) {
        read(key, change(kind, v1::OPERATION_DELETE));
        restorer_.change(key, change(kind, v1::OPERATION_UNSPECIFIED).SerializeAsString(), 7);
        restorer_.change(key, change(kind, v1::Operation_MAX + 1).SerializeAsString(), 8);
    }
    EXPECT_EQ(skipped(), (Skipped{"member@8", "user@8"}));
    EXPECT_EQ(index_.table(EntryKind::user).present(), 0U);
}

TEST_F(Restore, WhatDoesNotFitItsKeyIsSkipped) {
    restorer_.change(user_, change(v1::KIND_GROUP, v1::OPERATION_CREATE).SerializeAsString(), 1);
    restorer_.change(group_key(Uuid::from_name("other")),
                     change(v1::KIND_GROUP, v1::OPERATION_CREATE).SerializeAsString(), 2);
    restorer_.change(role_key(Uuid::from_name("r")), "no message of protobuf", 3);
    EXPECT_EQ(skipped(), (Skipped{"user@1", "group@2", "role@3"}));
    EXPECT_EQ(index_.table(EntryKind::user).present() + index_.table(EntryKind::group).present(), 0U);
}

TEST_F(Restore, ACopyOfAnOlderRecordIsSkipped) {
    const v1::Change first = change(v1::KIND_USER, v1::OPERATION_CREATE);
    read(user_, first);
    read(user_, change(v1::KIND_USER, v1::OPERATION_DELETE));
    restorer_.change(user_, first.SerializeAsString(), 3);
    EXPECT_EQ(skipped(), Skipped{"user@3"});
    EXPECT_EQ(index_.table(EntryKind::user).present(), 0U);
}

TEST_F(Restore, AnUnknownKeyIsSkippedAndNotTold) {
    restorer_.change("meta/news", "x", 4);
    restorer_.change("eva.dupont@example.org", "x", 5);
    const Restored restored = restorer_.finish();
    EXPECT_EQ(restored.damage.records.size(), 2U);
    const std::string alarm = restored.damage.alarm("entstream.test.changes");
    for (const char* word : {"topic entstream.test.changes", "offset 4", "offset 5", "key: unknown", "remedy"}) {
        EXPECT_NE(alarm.find(word), std::string::npos) << word << " is not in: " << alarm;
    }
    EXPECT_EQ(alarm.find("dupont"), std::string::npos) << "it can be anything";
}

TEST_F(Restore, TheAlarmNamesAFewOfMany) {
    for (int i = 0; i < 100; ++i) {
        restorer_.change("garbage" + std::to_string(i), "x", i);
    }
    const std::string alarm = restorer_.finish().damage.alarm("t");
    EXPECT_NE(alarm.find("100 records"), std::string::npos) << alarm;
    EXPECT_NE(alarm.find("up to offset 99"), std::string::npos) << alarm;
    EXPECT_LT(alarm.size(), 600U);
}

TEST_F(Restore, ALaterRecordOfOursHeals) {
    restorer_.change(user_, "garbage", 1);
    read(user_, change(v1::KIND_USER, v1::OPERATION_CREATE));
    EXPECT_EQ(skipped(), Skipped{});
}

TEST_F(Restore, AnIdentityThatNothingTellsAnyMoreIsRefused) {
    restorer_.change(log_identity_key, "garbage", 1);
    EXPECT_THROW(restorer_.finish(), UnreadableLog);
}

TEST_F(Restore, UnknownKeysOfTheStateTopicAreSkipped) {
    restorer_.state("later-version/of-something", "x");
    restorer_.state("owner", std::nullopt);
    EXPECT_NO_THROW(restorer_.finish());
}

}  // namespace
}  // namespace entstream::producer::publish
