// A DN that passes from one person to another: what groups and role objects list under it names the new one, whoever
// wrote them and when.

#include <algorithm>
#include <array>

#include "tests/unit/producer/stream_fixture.hpp"

namespace entstream::producer::test {
namespace {

using sync::EntryState;

class ReusedDn : public StreamTest {
  protected:
    /// Users eva and max, group g with eva, group h with max, role object r with both; all in persist, and in the
    /// directory.
    void SetUp() override {
        start();
        for (const char* name : {"eva", "max"}) {
            send(there(user(name, 1)));
        }
        refresh_delete(users, cookie(1));
        send(there(group("g", 1, {user_dn("eva")})));
        send(there(group("h", 1, {user_dn("max")})));
        refresh_delete(groups, cookie(1));
        send(there(role(1, {user_dn("eva"), user_dn("max")})));
        refresh_delete(roles, cookie(1));
        events();
    }

    sync::EntryMessage role(int change, const std::vector<std::string>& members) {
        return entry(roles, "r", "cn=r,dc=org", change, {{"cn", {"r"}}, {"member", members}});
    }
    /// The entry `name` with the uid of another.
    sync::EntryMessage as(const std::string& name, const std::string& uid, int change) {
        return entry(users, name, user_dn(uid), change, {{"uid", {uid}}, {"sn", {"x"}}});
    }
    /// Side reads find it so.
    sync::EntryMessage there(sync::EntryMessage message) {
        directory_.put(message);
        return message;
    }

    void add(const sync::EntryMessage& message, int change) { persist(there(message), EntryState::add, change); }
    void modify(const sync::EntryMessage& message, int change) { persist(there(message), EntryState::modify, change); }
    void remove(const std::string& name, const std::string& uid, int change) {
        directory_.remove(users, uuid(name));
        persist_delete(users, name, user_dn(uid), change);
    }
    /// The batch of messages is over.
    Events events_of_batch() {
        stream_->tick(publish::Stream::Clock::now());
        return events();
    }
    Events sorted_events_of_batch() {
        Events all = events_of_batch();
        std::sort(all.begin(), all.end());
        return all;
    }
    /// What the members name, at the end.
    void expect_members(const std::vector<std::string>& expected) {
        std::vector<std::string> members;
        for (const std::string& line : content_of_log()) {
            if (const auto at = line.find(" member "); at != std::string::npos) {
                members.push_back(line.substr(0, at) + ':' + line.substr(line.rfind(' ') + 1));
            }
        }
        std::sort(members.begin(), members.end());
        EXPECT_EQ(members, expected);
        EXPECT_EQ(content_of_log(), content_of_index());
    }
};

TEST_F(ReusedDn, DeletedAndAddedAgainGroupsUntouched) {
    remove("eva", "eva", 2);
    add(as("heir", "eva", 3), 3);
    EXPECT_EQ(events_of_batch(), (Events{"delete user eva deleted_or_filtered", "create user heir",
                                         "update member g heir", "update member r heir"}));
    expect_members({"g:heir", "h:max", "r:heir", "r:max"});
}

TEST_F(ReusedDn, InBatchesOfTheirOwn) {
    remove("eva", "eva", 2);
    EXPECT_EQ(events_of_batch(), Events{"delete user eva deleted_or_filtered"});
    add(as("heir", "eva", 3), 3);
    EXPECT_EQ(events_of_batch(), (Events{"create user heir", "update member g heir", "update member r heir"}));
    remove("heir", "eva", 4);
    add(as("next", "eva", 5), 5);
    EXPECT_EQ(events_of_batch(), (Events{"delete user heir deleted_or_filtered", "create user next",
                                         "update member g next", "update member r next"}));
}

TEST_F(ReusedDn, TheSamePersonBackIsTheMemberThatHeWas) {
    remove("eva", "eva", 2);
    add(user("eva", 3), 3);
    EXPECT_EQ(events_of_batch(), (Events{"delete user eva deleted_or_filtered", "create user eva"}));
}

TEST_F(ReusedDn, WhoIsNotListedAnyMoreIsNoMember) {
    directory_.put(group("g", 2, {user_dn("max")}));  // rewritten by an overlay, which does not touch entryCSN
    directory_.put(role(1, {user_dn("max")}));
    remove("eva", "eva", 2);
    add(as("heir", "eva", 3), 3);
    EXPECT_EQ(events_of_batch(),
              (Events{"delete user eva deleted_or_filtered", "create user heir", "create member g max",
                      "delete member g eva value_removed", "delete member r eva value_removed"}));
}

TEST_F(ReusedDn, AGroupRewrittenInBetween) {
    remove("eva", "eva", 2);
    modify(group("g", 3, {user_dn("eva"), user_dn("max")}), 3);
    EXPECT_EQ(events(), (Events{"delete user eva deleted_or_filtered", "create member g max"}));
    add(as("heir", "eva", 4), 4);
    EXPECT_EQ(events_of_batch(), (Events{"create user heir", "update member g heir", "update member r heir"}));
    modify(group("g", 5, {user_dn("eva"), user_dn("max")}), 5);
    EXPECT_EQ(events_of_batch(), Events{}) << "the same list again";
}

TEST_F(ReusedDn, TheSameListAgainIsEnoughWhereNobodyWasAsked) {
    remove("eva", "eva", 2);
    add(as("heir", "eva", 3), 3);
    modify(group("g", 4, {user_dn("eva")}), 4);
    EXPECT_EQ(events(), (Events{"delete user eva deleted_or_filtered", "create user heir", "update member g heir"}));
}

TEST_F(ReusedDn, AnOverlayThatIsLateIsSeen) {
    remove("eva", "eva", 2);
    add(as("heir", "eva", 3), 3);
    EXPECT_EQ(events_of_batch().size(), 4U);
    ASSERT_TRUE(stream_->next_tick());
    directory_.put(group("g", 1, {user_dn("max")}));
    stream_->tick(*stream_->next_tick());
    EXPECT_EQ(events(), (Events{"create member g max", "delete member g heir value_removed"}));
}

TEST_F(ReusedDn, SwappedUidsSwapTheGroups) {
    modify(as("eva", "tmp", 2), 2);
    EXPECT_EQ(events_of_batch().size(), 1U) << "she stays a member while nobody has her DN";
    modify(as("max", "eva", 3), 3);
    modify(as("eva", "max", 4), 4);
    events_of_batch();
    expect_members({"g:max", "h:eva", "r:eva", "r:max"});
}

TEST_F(ReusedDn, SwappedUidsWithEachMessageInABatchOfItsOwn) {
    modify(as("eva", "tmp", 2), 2);
    events_of_batch();
    modify(as("max", "eva", 3), 3);
    events_of_batch();
    modify(as("eva", "max", 4), 4);
    events_of_batch();
    expect_members({"g:max", "h:eva", "r:eva", "r:max"});
}

TEST_F(ReusedDn, SwappedUidsWhoseGroupsAnOverlayRewroteStayInTheirGroups) {
    directory_.put(group("g", 1, {user_dn("max")}));
    directory_.put(group("h", 1, {user_dn("eva")}));
    modify(as("eva", "tmp", 2), 2);
    modify(as("max", "eva", 3), 3);
    modify(as("eva", "max", 4), 4);
    events_of_batch();
    expect_members({"g:eva", "h:max", "r:eva", "r:max"});
}

TEST_F(ReusedDn, SwappedUidsOfTwoMembersOfOneGroupRemoveNobody) {
    modify(group("g", 2, {user_dn("eva"), user_dn("max")}), 2);
    events_of_batch();
    modify(as("eva", "tmp", 3), 3);
    modify(as("max", "eva", 4), 4);
    modify(as("eva", "max", 5), 5);
    for (const std::string& event : events_of_batch()) {
        EXPECT_FALSE(event.starts_with("delete")) << event;
    }
    expect_members({"g:eva", "g:max", "h:eva", "r:eva", "r:max"});
}

/// While the producer was away, told by the provider in either way.
class ReusedDnAway : public ReusedDn, public ::testing::WithParamInterface<bool> {
  protected:
    void end_users_with_deleted(const std::vector<std::string>& deleted, const std::vector<std::string>& there) {
        if (GetParam()) {
            id_set(users, true, deleted);
        } else {
            id_set(users, false, there);
        }
        refresh(users);
    }
    void refresh(std::size_t search) {
        if (GetParam()) {
            refresh_delete(search, cookie(9));
        } else {
            refresh_present(search, cookie(9));
        }
    }
    void end_groups_and_roles() {
        if (!GetParam()) {
            id_set(groups, false, {"g", "h"});
        }
        refresh(groups);
        if (!GetParam()) {
            id_set(roles, false, {"r"});
        }
        refresh(roles);
    }
};

INSTANTIATE_TEST_SUITE_P(Provider, ReusedDnAway, ::testing::Bool(),
                         [](const auto& mode) { return mode.param ? "NamesWhatIsGone" : "NamesWhatIsThere"; });

TEST_P(ReusedDnAway, DeletedAndAddedAgain) {
    directory_.remove(users, uuid("eva"));
    start();
    send(there(as("heir", "eva", 3)));
    end_users_with_deleted({"eva"}, {"max", "heir"});
    end_groups_and_roles();
    EXPECT_EQ(sorted_events_of_batch(),
              (Events{"create user heir",
                      GetParam() ? "delete user eva deleted_or_filtered" : "delete user eva absent_from_refresh",
                      "update member g heir", "update member r heir"}));
    expect_members({"g:heir", "h:max", "r:heir", "r:max"});
}

TEST_P(ReusedDnAway, AndTheGroupWasRewrittenToo) {
    directory_.remove(users, uuid("eva"));
    start();
    send(there(as("heir", "eva", 3)));
    there(group("g", 4, {user_dn("eva"), user_dn("max")}));
    end_users_with_deleted({"eva"}, {"max", "heir"});
    send(group("g", 4, {user_dn("eva"), user_dn("max")}));
    end_groups_and_roles();
    events_of_batch();
    expect_members({"g:heir", "g:max", "h:max", "r:heir", "r:max"});
}

TEST_P(ReusedDnAway, SwappedUids) {
    start();
    send(there(as("max", "eva", 3)));
    send(there(as("eva", "max", 4)));
    end_users_with_deleted({}, {});
    end_groups_and_roles();
    events_of_batch();
    expect_members({"g:max", "h:eva", "r:eva", "r:max"});
}

TEST_P(ReusedDnAway, KilledBeforeTheGroupsWereAsked) {
    remove("eva", "eva", 2);
    add(as("heir", "eva", 3), 3);
    EXPECT_EQ(events(), (Events{"delete user eva deleted_or_filtered", "create user heir"}));
    compact_log();
    ASSERT_EQ(start()[groups], cookie(1)) << "the cookie counts";
    end_users_with_deleted({}, {"max", "heir"});
    end_groups_and_roles();
    EXPECT_EQ(events_of_batch(), (Events{"update member g heir", "update member r heir"}));
}

TEST_P(ReusedDnAway, LeftBeforeTheRestartAndAddedAgainAfterIt) {
    remove("eva", "eva", 2);
    events_of_batch();
    compact_log();
    start();
    end_users_with_deleted({}, {"max"});
    end_groups_and_roles();
    add(as("heir", "eva", 3), 3);
    EXPECT_EQ(events_of_batch(), (Events{"create user heir", "update member g heir", "update member r heir"}));
}

TEST_F(ReusedDn, AResyncReadsTheGroupsItself) {
    remove("eva", "eva", 2);
    add(as("heir", "eva", 3), 3);
    events();
    send(sync::DoneMessage{.search = groups, .result_code = 53, .diagnostic = {}, .cookie = {}, .refresh_deletes = {}});
    stream_->commit();
    ASSERT_EQ(start()[groups], std::nullopt);
    end_refresh({users}, std::nullopt);
    EXPECT_EQ(events(), Events{"update member r heir"});
    send(group("g", 1, {user_dn("eva")}));
    send(group("h", 1, {user_dn("max")}));
    end_refresh({groups, roles}, cookie(4));
    EXPECT_EQ(events_of_batch(), Events{"update member g heir"});
}

TEST_F(ReusedDn, ACrowdThatIsAddedAgainSharesItsGroups) {
    const int crowd = 300;
    std::vector<std::string> dns;
    for (int i = 0; i < crowd; ++i) {
        add(user("crowd" + std::to_string(i), 2), 2);
        dns.push_back(user_dn("crowd" + std::to_string(i)));
    }
    modify(group("g", 3, dns), 3);
    events_of_batch();
    for (int i = 0; i < crowd; ++i) {
        remove("crowd" + std::to_string(i), "crowd" + std::to_string(i), 4);
        add(as("again" + std::to_string(i), "crowd" + std::to_string(i), 5), 5);
    }
    const std::size_t before = directory_.questions;
    EXPECT_EQ(events_of_batch().size(), 3U * crowd);
    EXPECT_LT(directory_.questions, before + 10);
    EXPECT_EQ(content_of_log(), content_of_index());
}

/// The producer is behind: what it reads beside the stream is newer than what the stream has queued.
class ReusedDnBehind : public ReusedDn {};

TEST_F(ReusedDnBehind, AddedDeletedAndAddedAgainInTheQueue) {
    there(as("second", "d", 5));
    there(group("g", 2, {user_dn("eva"), user_dn("d")}));
    persist(group("g", 2, {user_dn("eva"), user_dn("d")}), EntryState::modify, 2);
    persist(as("first", "d", 3), EntryState::add, 3);
    persist_delete(users, "first", user_dn("d"), 4);
    persist(as("second", "d", 5), EntryState::add, 5);
    modify(group("h", 6, {user_dn("max"), user_dn("d")}), 6);
    events_of_batch();
    expect_members({"g:eva", "g:second", "h:max", "h:second", "r:eva", "r:max"});
}

TEST_F(ReusedDnBehind, TheSameWithBatchesInBetween) {
    there(as("second", "d", 5));
    there(group("g", 2, {user_dn("eva"), user_dn("d")}));
    persist(group("g", 2, {user_dn("eva"), user_dn("d")}), EntryState::modify, 2);
    EXPECT_EQ(events_of_batch(), (Events{"create user second", "create member g second"}));
    persist(as("first", "d", 3), EntryState::add, 3);
    EXPECT_EQ(events_of_batch(), Events{}) << "she has left again: a look shows it";
    persist_delete(users, "first", user_dn("d"), 4);
    persist(as("second", "d", 5), EntryState::add, 5);
    EXPECT_EQ(events_of_batch(), Events{});
    modify(group("h", 6, {user_dn("max"), user_dn("d")}), 6);
    EXPECT_EQ(events_of_batch(), Events{"create member h second"});
}

// The holder's own message comes later, because another search shows him.
TEST_F(ReusedDnBehind, WhoeverHadTheDnIsLookedUp) {
    there(as("eva", "moved", 2));
    add(as("heir", "eva", 3), 3);
    EXPECT_EQ(events_of_batch(), (Events{"update user eva [uid] uid=eva,ou=people,dc=org -> uid=moved,ou=people,dc=org",
                                         "create user heir", "update member g heir", "update member r heir"}));
}

TEST_F(ReusedDnBehind, WhatWaitsThoughItsUserIsKnownIsResolvedByTheNextStart) {
    modify(group("g", 2, {user_dn("late")}), 2);
    EXPECT_EQ(events_of_batch(),
              (Events{"create member g <uid=late,ou=people,dc=org>", "delete member g eva value_removed"}));
    // As a former version left it.
    v1::Change change;
    change.set_kind(v1::KIND_USER);
    change.set_operation(v1::OPERATION_CREATE);
    change.set_uuid(uuid("late").to_bytes());
    change.set_dn(user_dn("late"));
    change.set_csn(csn(3));
    change.set_sequence(1000);
    log_.begin();
    const std::array<kafka::Header, 1> headers = {{{.name = log_id_header, .value = "log"}}};
    log_.write(publish::Topic::changes, user_key(uuid("late")), change.SerializeAsString(), headers);
    log_.commit();
    events();
    directory_.unreachable = true;
    start();
    directory_.unreachable = false;
    end_refresh({users, groups, roles}, std::nullopt);
    EXPECT_EQ(events_of_batch(), Events{"update member g late"});
}

TEST_F(ReusedDnBehind, WhatWaitsIsLookedUpNowAndThen) {
    std::vector<std::string> dns;
    dns.reserve(40);
    for (int i = 0; i < 40; ++i) {
        dns.push_back(user_dn("late" + std::to_string(i)));
    }
    modify(group("g", 2, dns), 2);
    events_of_batch();
    there(user("late7", 1));  // appears without a message
    std::size_t most = 0;
    Events all;
    for (int interval = 1; interval <= 5; ++interval) {
        const std::size_t before = directory_.questions;
        stream_->tick(publish::Stream::Clock::now() + interval * config_.heartbeat_interval);
        most = std::max(most, directory_.questions - before);
        for (const std::string& event : events()) {
            all.push_back(event);
        }
    }
    EXPECT_EQ(all, (Events{"create user late7", "update member g late7"}));
    EXPECT_LE(most, 20U) << "a few at a time";
    const std::size_t before = directory_.questions;
    stream_->tick(publish::Stream::Clock::now());
    EXPECT_EQ(directory_.questions, before) << "and only once an interval";
}

}  // namespace
}  // namespace entstream::producer::test
