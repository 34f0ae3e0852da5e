// Subtrees: the provider sends only the top of what was renamed, moved in or moved out.

#include <algorithm>

#include "tests/unit/producer/stream_fixture.hpp"

namespace entstream::producer::test {
namespace {

using sync::EntryState;

class Subtree : public StreamTest {
  protected:
    /// ou=x with k1 and k2 below it, and a group that names k1; all in persist.
    void SetUp() override {
        config_.searches[users].filter = "(objectClass=*)";
        start();
        send(unit("x", 1));
        send(child("k1", "ou=x", 1));
        send(child("k2", "ou=x", 1));
        refresh_delete(users, cookie(1));
        send(group("g", 1, {"uid=k1,ou=x,dc=org"}));
        directory_.put(group("g", 1, {"uid=k1,ou=x,dc=org"}));
        end_refresh({groups, roles}, cookie(1));
        events();
    }

    sync::EntryMessage unit(const std::string& now, int change) {
        return entry(users, "unit", "ou=" + now + ",dc=org", change, {{"ou", {now}}});
    }
    sync::EntryMessage child(const std::string& name, const std::string& parent, int change,
                             const std::string& sn = "x") {
        return entry(users, name, "uid=" + name + ',' + parent + ",dc=org", change, {{"uid", {name}}, {"sn", {sn}}});
    }
    void move_in_directory(const std::string& to) {
        directory_.put(unit(to, 2));
        directory_.put(child("k1", "ou=" + to, 1));
        directory_.put(child("k2", "ou=" + to, 1));
    }
    const Events all_renamed = {"update user unit ou=x,dc=org -> ou=y,dc=org",
                                "update user k1 uid=k1,ou=x,dc=org -> uid=k1,ou=y,dc=org",
                                "update user k2 uid=k2,ou=x,dc=org -> uid=k2,ou=y,dc=org"};

    static Events sorted(Events events) {
        std::sort(events.begin(), events.end());
        return events;
    }
};

TEST_F(Subtree, RenamingTheTopRenamesWhatIsBelow) {
    move_in_directory("y");
    persist(unit("y", 2), EntryState::modify, 2);
    const Events all = events();
    EXPECT_EQ(all.front(), all_renamed.front()) << "the top first";
    EXPECT_EQ(sorted(all), sorted(all_renamed));
    EXPECT_EQ(content_of_log(), content_of_index());

    persist(child("k1", "ou=y", 3, "later"), EntryState::modify, 3);
    EXPECT_EQ(events(), Events{"update user k1 [sn]"});
}

TEST_F(Subtree, RenamedWhileAway) {
    move_in_directory("y");
    start();
    id_set(users, false, {"unit", "k1", "k2"});
    send(unit("y", 2));
    refresh_present(users, cookie(2));
    EXPECT_EQ(sorted(events()), sorted(all_renamed));
}

TEST_F(Subtree, AnEntryWithItsOwnMessageIsWhereThatSays) {
    directory_.put(unit("y", 3));
    directory_.put(child("k1", "ou=z", 2));
    directory_.put(child("k2", "ou=y", 1));
    start();
    send(unit("y", 3));
    send(child("k1", "ou=z", 2));
    refresh_delete(users, cookie(3));
    EXPECT_EQ(sorted(events()),
              sorted({all_renamed[0], "update user k1 uid=k1,ou=x,dc=org -> uid=k1,ou=z,dc=org", all_renamed[2]}));
}

TEST_F(Subtree, RenamedAgainBeforeWeCouldLook) {
    move_in_directory("z");
    persist(unit("y", 2), EntryState::modify, 2);
    EXPECT_EQ(sorted(events()), sorted({all_renamed[0], "update user k1 uid=k1,ou=x,dc=org -> uid=k1,ou=z,dc=org",
                                        "update user k2 uid=k2,ou=x,dc=org -> uid=k2,ou=z,dc=org"}));
    persist(unit("z", 3), EntryState::modify, 3);
    EXPECT_EQ(events(), Events{"update user unit ou=y,dc=org -> ou=z,dc=org"});
}

TEST_F(Subtree, MovedOutOfScopeTakesWhatIsBelowWithIt) {
    persist_delete(users, "unit", "ou=x,dc=elsewhere", 2);
    EXPECT_EQ(sorted(events()), (Events{"delete user k1 moved_out_of_scope", "delete user k2 moved_out_of_scope",
                                        "delete user unit moved_out_of_scope"}));
}

TEST_F(Subtree, AManyHeadedSubtreeIsLookedUpInOneRead) {
    for (int i = 0; i < 1500; ++i) {
        persist(child("k" + std::to_string(100 + i), "ou=x", 2), EntryState::add, 2);
    }
    events();
    directory_.put(child("k100", "ou=stays", 3));
    const std::size_t before = directory_.questions;
    persist_delete(users, "unit", "ou=x,dc=elsewhere", 4);
    const Events all = events();
    EXPECT_LT(directory_.questions, before + 10);
    EXPECT_EQ(std::count(all.begin(), all.end(), "update user k100 uid=k100,ou=x,dc=org -> uid=k100,ou=stays,dc=org"),
              1);
    EXPECT_EQ(all.size(), 1U + 1502U) << "unit, k1, k2 and 1499 others left";
}

TEST_F(Subtree, LeavingTheFilterLeavesWhatIsBelow) {
    directory_.put(child("k1", "ou=x", 1));
    directory_.put(child("k2", "ou=x", 1));
    persist_delete(users, "unit", "ou=x,dc=org", 2);
    EXPECT_EQ(events(), Events{"delete user unit deleted_or_filtered"});
}

TEST_F(Subtree, MovedOutWhileAway) {
    start();
    id_set(users, true, {"unit"});
    refresh_delete(users, cookie(3));
    EXPECT_EQ(sorted(events()), (Events{"delete user k1 moved_out_of_scope", "delete user k2 moved_out_of_scope",
                                        "delete user unit deleted_or_filtered"}));
}

TEST_F(Subtree, RenamedWhileAwayAndKilledBeforeTheEndOfTheRefresh) {
    for (const bool killed : {true, false}) {
        const std::string to = killed ? "y" : "z";
        move_in_directory(to);
        start();
        send(unit(to, killed ? 2 : 3));
        EXPECT_EQ(events().size(), 1U) << "the top alone is published";
        const auto cookies = killed ? start() : reconnect();
        for (const auto& sent : cookies) {
            EXPECT_EQ(sent, std::nullopt) << "from the cookie nobody would say that k1 and k2 were renamed";
        }
        send(unit(to, killed ? 2 : 3));
        send(child("k1", "ou=" + to, 1));
        send(child("k2", "ou=" + to, 1));
        refresh_delete(users, cookie(3));
        send(group("g", 1, {"uid=k1,ou=x,dc=org"}));
        end_refresh({groups, roles}, cookie(3));
        EXPECT_EQ(events().size(), 2U);
        EXPECT_EQ(content_of_log(), content_of_index());
        EXPECT_EQ(start()[users], cookie(3)) << "the cookie counts again";
        end_refresh({users, groups, roles}, std::nullopt);
    }
}

TEST_F(Subtree, AnInterruptedRefreshWithoutFollowUpsGoesOnFromTheCookie) {
    start();
    send(child("k1", "ou=x", 2, "new"));
    EXPECT_EQ(events(), Events{"update user k1 [sn]"});
    EXPECT_EQ(start()[users], cookie(1));
}

TEST_F(Subtree, MovedOutWhileAwayAndKilledWhileItIsPublished) {
    persist(entry(users, "first", "ou=first,dc=org", 2, {{"ou", {"first"}}}), EntryState::add, 2);
    persist(child("k3", "ou=first", 2), EntryState::add, 2);
    events();
    config_.transaction_records = 1;
    start();
    id_set(users, true, {"unit", "first"});
    directory_.unreachable = true;  // to look up what was below ends in an error, and the process with it
    EXPECT_THROW(refresh_delete(users, cookie(3)), std::runtime_error);
    EXPECT_EQ(state(users).cookie(), "");
    EXPECT_EQ(state(groups).cookie(), "");
}

TEST_F(Subtree, ALongRenameIsSeveralTransactionsAndSurvivesTheProcess) {
    config_.transaction_records = 1;
    start();
    end_refresh({users, groups, roles}, std::nullopt);
    move_in_directory("y");
    directory_.images_left = 1;
    EXPECT_THROW(persist(unit("y", 2), EntryState::modify, 2), std::runtime_error);
    for (const auto& sent : start()) {
        EXPECT_EQ(sent, std::nullopt) << "killed in between: from the cookie nobody would say what is missing";
    }
    directory_.images_left.reset();
    send(unit("y", 2));
    send(child("k1", "ou=y", 1));
    send(child("k2", "ou=y", 1));
    end_refresh({users}, cookie(2));
    send(group("g", 1, {"uid=k1,ou=x,dc=org"}));
    end_refresh({groups, roles}, cookie(2));
    EXPECT_EQ(sorted(events()), sorted(all_renamed)) << "of both processes";
    EXPECT_EQ(state(groups).cookie(), cookie(2));
}

TEST_F(Subtree, CookiesAreStoredAgainAfterALongRename) {
    config_.transaction_records = 1;
    start();
    end_refresh({users, groups, roles}, std::nullopt);
    move_in_directory("y");
    persist(unit("y", 2), EntryState::modify, 2);
    EXPECT_EQ(sorted(events()), sorted(all_renamed));
    EXPECT_EQ(state(users).cookie(), cookie(2));
    EXPECT_EQ(state(groups).cookie(), cookie(1));
}

// The queue holds what happened before the look-up found that the entry has left.
TEST_F(Subtree, AQueuedMessageDoesNotReviveWhatALookUpFoundGone) {
    persist_delete(users, "unit", "ou=x,dc=elsewhere", 4);
    EXPECT_EQ(events().size(), 3U);
    persist(child("k1", "ou=x", 3, "queued"), EntryState::modify, 3);
    EXPECT_EQ(events(), Events{});
    directory_.put(child("k1", "ou=y", 5));
    persist(child("k1", "ou=y", 5), EntryState::add, 5);
    EXPECT_EQ(events(), Events{"create user k1"}) << "it is back";
}

TEST_F(Subtree, TheBaseOfTheSearchDoesNotTakeWhatIsBelowWithIt) {
    persist(entry(users, "base", "dc=org", 2, {{"ou", {"base"}}}), EntryState::add, 2);
    events();
    persist_delete(users, "base", "dc=elsewhere", 3);
    EXPECT_EQ(events(), Events{});
    ASSERT_TRUE(stream_->session_end());
    EXPECT_NE(stream_->session_end()->why.find("dc=org"), std::string::npos);
    EXPECT_EQ(reconnect()[users], cookie(2)) << "it will be told again";
}

class SubtreeMovedIn : public Subtree {
  protected:
    void SetUp() override {
        provider_.suffix = "o=above";
        config_.searches[users].filter = "(objectClass=*)";
        start_streaming();
        top_ = entry(users, "unit", "ou=x,dc=org", 5, {{"ou", {"x"}}, {"createTimestamp", {"20200101000000Z"}}});
        directory_.put(child("k1", "ou=x", 1));
        directory_.put(child("k2", "ou=x", 1));
    }
    const Events all_created_ = {"create user k1", "create user k2", "create user unit"};
    sync::EntryMessage top_;
};

TEST_F(SubtreeMovedIn, InPersist) {
    persist(top_, EntryState::add, 5);
    EXPECT_EQ(sorted(events()), all_created_);
}

TEST_F(SubtreeMovedIn, WhileAwayWithSessionlog) {
    start();
    send(top_);
    refresh_delete(users, cookie(5));
    EXPECT_EQ(sorted(events()), all_created_);
}

TEST_F(SubtreeMovedIn, WhileAwayAndKilledBeforeTheEndOfTheRefresh) {
    start();
    send(top_);
    EXPECT_EQ(events(), Events{"create user unit"});
    EXPECT_EQ(start()[users], std::nullopt);
}

// The times of a directory's entries are whole seconds.
TEST_F(SubtreeMovedIn, InTheSecondThatItWasMadeIn) {
    persist(entry(users, "unit", "ou=x,dc=org", 5, {{"ou", {"x"}}, {"hasSubordinates", {"TRUE"}}}), EntryState::add, 5);
    EXPECT_EQ(sorted(events()), all_created_);
}

TEST_F(SubtreeMovedIn, AFreshEntryIsNotAskedAbout) {
    persist(entry(users, "fresh", "ou=fresh,dc=org", 6, {{"ou", {"fresh"}}}), EntryState::add, 6);
    EXPECT_EQ(directory_.questions, 0U);
}

}  // namespace
}  // namespace entstream::producer::test
