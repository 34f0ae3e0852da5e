// Records of other programs on the changes topic: they hide what the producer wrote under the same key, and the next
// start publishes that again as the directory has it.

#include <algorithm>

#include "tests/unit/producer/stream_fixture.hpp"

namespace entstream::producer::test {
namespace {

using sync::EntryState;

/// With the log as it is, and as compaction leaves it: only the record of the other program stays.
class Damage : public StreamTest, public ::testing::WithParamInterface<bool> {
  protected:
    /// Users eva and max, group g with both.
    void SetUp() override {
        start();
        for (const char* name : {"eva", "max"}) {
            send(there(user(name, 1)));
        }
        refresh_delete(users, cookie(1));
        send(there(group("g", 1, {user_dn("eva"), user_dn("max")})));
        end_refresh({groups, roles}, cookie(1));
        events();
        before_ = content_of_index();
    }

    sync::EntryMessage there(sync::EntryMessage message) {
        directory_.put(message);
        return message;
    }
    std::string member_of_g(const std::string& name) {
        return member_key(uuid("g"), index::ParsedDn(user_dn(name)).hash);
    }
    void damage(const std::string& key, const std::optional<std::string>& value = "garbage") {
        write_foreign(key, value);
        age_log();
    }
    void age_log() {
        stream_->heartbeat();  // the log does not end below what the state topic says
        events();
        if (GetParam()) {
            compact_log();
        }
    }
    /// The provider says that nothing has changed. \returns what was published
    Events restart() {
        start();
        end_refresh({users, groups, roles}, std::nullopt);
        return events();
    }
    void expect_mended() {
        EXPECT_EQ(damage_of_log().records.size(), 0U);
        EXPECT_EQ(content_of_log(), before_);
        EXPECT_EQ(restart(), Events{});
        compact_log();
        EXPECT_EQ(content_of_log(), before_);
    }
    static std::string operation() { return GetParam() ? "create" : "update"; }

    std::vector<std::string> before_;
};

INSTANTIATE_TEST_SUITE_P(Log, Damage, ::testing::Bool(),
                         [](const auto& mode) { return mode.param ? "Compacted" : "AsWritten"; });

TEST_P(Damage, OfAUserIsMended) {
    damage(user_key(uuid("eva")));
    const Events all = restart();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_TRUE(all[0].starts_with(operation() + " user eva")) << all[0];
    expect_mended();
}

TEST_P(Damage, OfAGroupIsMendedAndItsMembersStay) {
    damage(group_key(uuid("g")));
    const Events all = restart();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_TRUE(all[0].starts_with(operation() + " group g")) << all[0];
    expect_mended();
}

TEST_P(Damage, OfAMemberIsMended) {
    damage(member_of_g("eva"));
    EXPECT_EQ(restart(), Events{"create member g eva"});
    expect_mended();
}

TEST_P(Damage, OfEverythingIsMended) {
    for (const std::string& key : {user_key(uuid("eva")), group_key(uuid("g")), member_of_g("eva"), member_of_g("max"),
                                   std::string("meta/log"), std::string("meta/source")}) {
        write_foreign(key, "garbage");
    }
    age_log();
    EXPECT_EQ(restart().size(), 4U);
    expect_mended();
}

TEST_P(Damage, ThatHidesADeletionIsADeletionAgain) {
    directory_.remove(users, uuid("eva"));
    persist_delete(users, "eva", user_dn("eva"), 2);
    events();
    before_ = content_of_index();
    damage(user_key(uuid("eva")));
    EXPECT_EQ(restart(), Events{"delete user eva deleted_or_filtered"});
    expect_mended();
}

TEST_P(Damage, OfWhatLeftMeanwhileIsADeletion) {
    damage(user_key(uuid("eva")));
    directory_.remove(users, uuid("eva"));
    start();
    id_set(users, true, {"eva"});
    end_refresh({users, groups, roles}, cookie(3));
    EXPECT_EQ(events(), Events{"delete user eva deleted_or_filtered"});
    EXPECT_EQ(damage_of_log().records.size(), 0U);
}

TEST_P(Damage, OfAMemberWhoLeftMeanwhileIsADeletion) {
    damage(member_of_g("eva"));
    there(group("g", 2, {user_dn("max")}));
    start();
    end_refresh({users}, std::nullopt);
    send(group("g", 2, {user_dn("max")}));
    end_refresh({groups, roles}, cookie(3));
    EXPECT_EQ(events(), Events{"delete member g <> value_removed"});
    EXPECT_EQ(damage_of_log().records.size(), 0U);
}

TEST_P(Damage, OfAMemberOfAGroupThatLeftIsATombstone) {
    directory_.remove(groups, uuid("g"));
    persist_delete(groups, "g", "cn=g,ou=groups,dc=org", 2);
    events();
    damage(member_of_g("eva"));
    start();
    EXPECT_EQ(events(), Events{"tombstone of a member of g"});
    EXPECT_EQ(damage_of_log().records.size(), 0U);
}

TEST_P(Damage, UnderKeysThatAreNotOursIsLeftAlone) {
    const std::size_t records = log_.records().size();
    write_foreign("somebody/else", "garbage");
    write_foreign(member_key(Uuid::from_name("nobody's"), Uuid::from_name("x")), "garbage");
    EXPECT_EQ(restart(), Events{});
    EXPECT_EQ(log_.records().size(), records + 2) << "no tombstone";
    EXPECT_EQ(damage_of_log().records.size(), 2U) << "told at each start";
}

TEST_P(Damage, OfWhatIsWithheldStays) {
    config_.searches[users].filter = "(objectClass=pupil)";
    start();
    send(user("max", 1));
    end_refresh({users, groups, roles}, cookie(2));
    EXPECT_EQ(events(), Events{}) << "eva is withheld";
    directory_.remove(users, uuid("eva"));
    damage(user_key(uuid("eva")));
    EXPECT_EQ(restart(), Events{}) << "it is the configuration that does not show her";
}

// Before compaction: it leaves nothing of a tombstone, and nothing of what it hid.
TEST_P(Damage, ATombstoneOfSomebodyElseIsMended) {
    write_foreign(user_key(uuid("eva")), std::nullopt);
    write_foreign(member_of_g("max"), std::nullopt);
    const Events all = restart();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_TRUE(all[0].starts_with("update user eva")) << all[0];
    EXPECT_EQ(all[1], "create member g max");
    expect_mended();
}

TEST_P(Damage, OfACrowdIsMendedByReadingEverything) {
    const int crowd = 1200;
    for (int i = 0; i < crowd; ++i) {
        persist(there(user("crowd" + std::to_string(i), 2)), EntryState::add, 2);
    }
    events();
    before_ = content_of_index();
    for (int i = 0; i < crowd; ++i) {
        write_foreign(user_key(uuid("crowd" + std::to_string(i))), "garbage");
    }
    age_log();
    directory_.questions = 0;
    EXPECT_EQ(start()[users], std::nullopt);
    for (const char* name : {"eva", "max"}) {
        send(user(name, 1));
    }
    for (int i = 0; i < crowd; ++i) {
        send(user("crowd" + std::to_string(i), 2));
    }
    end_refresh({users, groups, roles}, cookie(3));
    EXPECT_EQ(events().size(), static_cast<std::size_t>(crowd));
    EXPECT_EQ(directory_.questions, 0U);
    expect_mended();
}

}  // namespace
}  // namespace entstream::producer::test
