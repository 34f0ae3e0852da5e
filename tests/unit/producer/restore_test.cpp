// A producer writes only to a log that it can read.

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

    static v1::Change change(int operation) {
        v1::Change change;
        change.mutable_member()->set_parent_kind(v1::KIND_GROUP);
        change.set_operation(static_cast<v1::Operation>(operation));
        return change;
    }

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

TEST_F(Restore, AnUnknownOperationIsRefused) {
    for (const std::string& key : {user_, member_}) {
        EXPECT_THROW(read(key, change(v1::OPERATION_UNSPECIFIED)), UnreadableLog) << key;
        EXPECT_THROW(read(key, change(v1::Operation_MAX + 1)), UnreadableLog) << key;
        EXPECT_NO_THROW(read(key, change(v1::OPERATION_DELETE))) << key;
    }
    EXPECT_EQ(index_.table(EntryKind::user).present(), 0U);
}

TEST_F(Restore, AnUnknownKeyIsNamed) {
    try {
        restorer_.change("meta/news", "x");
        FAIL() << "accepted";
    } catch (const UnreadableLog& error) {
        EXPECT_NE(std::string(error.what()).find("meta/news"), std::string::npos);
    }
}

}  // namespace
}  // namespace entstream::producer::publish
