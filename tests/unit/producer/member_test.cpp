// Memberships: one record a member, resolved to users, kept through renames.

#include <algorithm>

#include "tests/unit/producer/stream_fixture.hpp"

namespace entstream::producer::test {
namespace {

using sync::EntryState;

class Members : public StreamTest {
  protected:
    /// Users eva and max, group g with both; all in persist.
    void SetUp() override {
        start();
        send(user("eva", 1));
        send(user("max", 1));
        refresh_delete(users, cookie(1));
        send(group("g", 1, {user_dn("eva"), user_dn("max")}));
        end_refresh({groups, roles}, cookie(1));
        events();
    }

    void change_group(int change, const std::vector<std::string>& members) {
        persist(group("g", change, members), EntryState::modify, change);
    }
    sync::EntryMessage renamed_eva(int change) {
        return entry(users, "eva", user_dn("eve"), change, {{"uid", {"eve"}}, {"sn", {"x"}}});
    }
};

TEST_F(Members, OnlyTheDifferenceIsPublishedAdditionsFirst) {
    persist(user("ida", 2), EntryState::add, 2);
    events();
    change_group(3, {user_dn("ida"), user_dn("max")});
    EXPECT_EQ(events(), (Events{"create member g ida", "delete member g eva value_removed"}));
    change_group(4, {user_dn("max"), "UID=Ida, ou=People,dc=org"});
    EXPECT_EQ(events(), Events{}) << "order and spelling have no meaning";
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(Members, TheEmptyDnIsNobody) {
    change_group(2, {""});
    EXPECT_EQ(events().size(), 2U);
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(Members, AGroupThatLeavesIsOneDeleteAndTombstones) {
    persist_delete(groups, "g", "cn=g,ou=groups,dc=org", 2);
    EXPECT_EQ(events(), (Events{"delete group g deleted_or_filtered", "tombstone of a member of g",
                                "tombstone of a member of g"}));
    EXPECT_EQ(content_of_log(), content_of_index());
    persist(group("g", 3, {user_dn("eva")}), EntryState::add, 3);
    EXPECT_EQ(events(), (Events{"create group g", "create member g eva"}));
}

TEST_F(Members, AMemberBeforeItsUserIsPublishedAgainResolved) {
    change_group(2, {user_dn("eva"), user_dn("max"), user_dn("late")});
    EXPECT_EQ(events(), Events{"create member g <uid=late,ou=people,dc=org>"});
    compact_log();
    start();
    end_refresh({users, groups, roles}, std::nullopt);
    persist(user("late", 3), EntryState::add, 3);
    EXPECT_EQ(events(), (Events{"create user late", "update member g late"}));
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(Members, AnAwaitedMemberCanBeARenamedUser) {
    change_group(2, {user_dn("max"), user_dn("eve")});
    EXPECT_EQ(events(), (Events{"create member g <uid=eve,ou=people,dc=org>", "delete member g eva value_removed"}));
    persist(renamed_eva(3), EntryState::modify, 3);
    EXPECT_EQ(events(), (Events{"update user eva [uid] uid=eva,ou=people,dc=org -> uid=eve,ou=people,dc=org",
                                "update member g eva"}));
}

TEST_F(Members, ARenameKeepsTheMembershipThoughTheGroupStillHasTheFormerDn) {
    directory_.put(group("g", 1, {user_dn("eva"), user_dn("max")}));
    persist(renamed_eva(2), EntryState::modify, 2);
    EXPECT_EQ(events(), Events{"update user eva [uid] uid=eva,ou=people,dc=org -> uid=eve,ou=people,dc=org"});
}

TEST_F(Members, GroupsThatAnOverlayRewroteAreReadAtOnce) {
    directory_.put(group("g", 1, {user_dn("eve"), user_dn("max")}));  // refint does not touch entryCSN
    persist(renamed_eva(2), EntryState::modify, 2);
    EXPECT_EQ(events(), (Events{"update user eva [uid] uid=eva,ou=people,dc=org -> uid=eve,ou=people,dc=org",
                                "create member g eva", "delete member g eva value_removed"}));
}

TEST_F(Members, GroupsThatAnOverlayRewritesLaterAreReadAgain) {
    directory_.put(group("g", 1, {user_dn("eva"), user_dn("max")}));
    persist(renamed_eva(2), EntryState::modify, 2);
    events();
    ASSERT_TRUE(stream_->next_tick());
    directory_.put(group("g", 1, {user_dn("eve"), user_dn("max")}));
    stream_->tick(*stream_->next_tick());
    EXPECT_EQ(events(), (Events{"create member g eva", "delete member g eva value_removed"}));
    EXPECT_FALSE(stream_->next_tick());
}

TEST_F(Members, GroupsAreNotReadAgainBeforeTheRefreshOfTheNextSessionHasEnded) {
    directory_.put(group("g", 1, {user_dn("eva"), user_dn("max")}));
    persist(renamed_eva(2), EntryState::modify, 2);
    events();
    reconnect();
    EXPECT_FALSE(stream_->next_tick());
    end_refresh({users, groups}, std::nullopt);
    EXPECT_FALSE(stream_->next_tick());
    end_refresh({roles}, std::nullopt);
    EXPECT_TRUE(stream_->next_tick());
}

TEST_F(Members, RoleObjectsHaveMembersToo) {
    persist(entry(roles, "r", "cn=r,dc=org", 2, {{"cn", {"r"}}, {"member", {user_dn("max")}}}), EntryState::add, 2);
    EXPECT_EQ(events(), (Events{"create role r", "create member r max"}));
}

TEST_F(Members, AUserRenamedUnnoticedIsLookedUpWhenAGroupNamesIt) {
    directory_.put(entry(users, "eva", "uid=eva,ou=moved,dc=org", 1, {{"uid", {"eva"}}, {"sn", {"x"}}}));
    directory_.put(group("g", 2, {"uid=eva,ou=moved,dc=org", user_dn("max")}));
    change_group(2, {"uid=eva,ou=moved,dc=org", user_dn("max")});
    EXPECT_EQ(events(), (Events{"update user eva uid=eva,ou=people,dc=org -> uid=eva,ou=moved,dc=org",
                                "create member g eva", "delete member g eva value_removed"}))
        << "she is a member all the time";
}

TEST_F(Members, ALookUpThatShowsARenameReadsTheOtherGroupsToo) {
    persist(group("other", 2, {user_dn("eva")}), EntryState::add, 2);
    events();
    const std::string moved = "uid=eva,ou=moved,dc=org";
    directory_.put(entry(users, "eva", moved, 1, {{"uid", {"eva"}}, {"sn", {"x"}}}));
    directory_.put(group("other", 2, {moved}));  // rewritten by an overlay
    change_group(3, {moved, user_dn("max")});
    EXPECT_EQ(events(), (Events{"update user eva uid=eva,ou=people,dc=org -> uid=eva,ou=moved,dc=org",
                                "create member g eva", "delete member g eva value_removed", "create member other eva",
                                "delete member other eva value_removed"}));
}

TEST_F(Members, ACrowdRenamedUnnoticedStaysInItsGroup) {
    const std::size_t crowd = 1500;
    std::vector<std::string> before;
    std::vector<std::string> after;
    for (std::size_t i = 0; i < crowd; ++i) {
        const std::string name = "crowd" + std::to_string(i);
        persist(user(name, 2), EntryState::add, 2);
        before.push_back(user_dn(name));
        after.push_back("uid=" + name + ",ou=moved,dc=org");
        directory_.put(entry(users, name, after.back(), 2, {{"uid", {name}}, {"sn", {"x"}}}));
    }
    change_group(3, before);
    events();
    directory_.put(group("g", 4, after));
    directory_.questions = 0;
    change_group(4, after);
    const Events all = events();
    EXPECT_EQ(all.size(), 3 * crowd);
    EXPECT_TRUE(std::none_of(all.begin(), all.end(), [](const std::string& event) {
        return event.find('<') != std::string::npos;
    })) << "every member is resolved at once";
    EXPECT_LT(directory_.questions, 10U);
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(Members, UsersAreLookedUpBeforeTheGroupIsPublishedSoThatADeadProcessForgetsNone) {
    config_.transaction_records = 1;
    const std::string moved = "uid=eva,ou=moved,dc=org";
    start();
    end_refresh({users}, std::nullopt);
    directory_.unreachable = true;
    EXPECT_THROW(send(group("g", 2, {moved, user_dn("max")})), std::runtime_error);
    directory_.unreachable = false;
    directory_.put(entry(users, "eva", moved, 1, {{"uid", {"eva"}}, {"sn", {"x"}}}));
    start();
    end_refresh({users}, std::nullopt);
    send(group("g", 2, {moved, user_dn("max")}));
    EXPECT_EQ(events(), (Events{"update user eva uid=eva,ou=people,dc=org -> uid=eva,ou=moved,dc=org",
                                "create member g eva", "delete member g eva value_removed"}));
}

// The publisher is behind: what it reads beside the stream is newer than what the stream has queued.
TEST_F(Members, AQueuedSnapshotDoesNotUndoWhatALookUpSaw) {
    const sync::EntryMessage renamed_max = entry(users, "max", user_dn("mex"), 4, {{"uid", {"mex"}}, {"sn", {"x"}}});
    directory_.put(renamed_eva(2));
    directory_.put(renamed_max);
    directory_.put(group("g", 3, {user_dn("eve"), user_dn("mex")}));  // rewritten without a new entryCSN
    persist(renamed_eva(2), EntryState::modify, 2);
    EXPECT_EQ(events().size(), 6U);
    change_group(3, {user_dn("eve"), user_dn("max")});
    persist(renamed_max, EntryState::modify, 4);
    EXPECT_EQ(events(), Events{});
    change_group(5, {user_dn("mex")});
    EXPECT_EQ(events(), Events{"delete member g eva value_removed"});
}

TEST_F(Members, MissingTombstonesAreCompletedByTheNextStart) {
    const std::size_t before = log_.records().size();
    persist_delete(groups, "g", "cn=g,ou=groups,dc=org", 2);
    events();
    truncate_log(before + 1);  // the process died when only the DELETE was committed
    start();
    EXPECT_EQ(events(), (Events{"tombstone of a member of g", "tombstone of a member of g"}));
    EXPECT_EQ(content_of_log(), content_of_index());
}

}  // namespace
}  // namespace entstream::producer::test
