// Several searches for one kind: an entry is deleted when the last of them loses it.

#include <algorithm>

#include "common/config/config_error.hpp"
#include "producer/publish/selection.hpp"
#include "tests/unit/producer/stream_fixture.hpp"

namespace entstream::producer::test {
namespace {

using sync::EntryState;

class SeveralSearches : public StreamTest {
  protected:
    static constexpr std::size_t staff = 3;

    /// pat is a pupil (search users), tina is staff; all in persist.
    void SetUp() override {
        config_.searches.push_back({.name = "staff",
                                    .kind = EntryKind::user,
                                    .base = "dc=org",
                                    .filter = "(employeeType=*)",
                                    .attributes = {"uid", "employeeType"}});
        start();
        send(user("pat", 1));
        refresh_delete(users, cookie(1));
        send(as_staff("tina", 1));
        end_refresh({staff, groups, roles}, cookie(1));
        EXPECT_EQ(events(), (Events{"create user pat", "create user tina"}));
    }

    sync::EntryMessage as_staff(const std::string& name, int change) {
        sync::EntryMessage message = user(name, change);
        message.search = staff;
        return message;
    }
};

TEST_F(SeveralSearches, AMoveBetweenThemIsNoDeletionWhateverComesFirst) {
    persist(as_staff("pat", 2), EntryState::add, 2);
    persist_delete(users, "pat", user_dn("pat"), 2);
    EXPECT_EQ(events(), Events{});

    directory_.put(user("tina", 3));  // asked whether another search holds her
    persist_delete(staff, "tina", user_dn("tina"), 3);
    persist(user("tina", 3), EntryState::add, 3);
    EXPECT_EQ(events(), Events{});
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(SeveralSearches, TheLastOneToLoseItDeletesIt) {
    persist(as_staff("pat", 2), EntryState::add, 2);
    EXPECT_EQ(events(), Events{});
    start();
    end_refresh({users, staff, groups, roles}, std::nullopt);
    persist_delete(users, "pat", user_dn("pat"), 3);
    EXPECT_EQ(events(), Events{}) << "who holds it was remembered over the restart";
    persist_delete(staff, "pat", user_dn("pat"), 4);
    EXPECT_EQ(events(), Events{"delete user pat deleted_or_filtered"});
    EXPECT_FALSE(log_.state("holders/" + user_key(uuid("pat"))));
}

TEST_F(SeveralSearches, AMoveWhileAwayIsNoDeletion) {
    start();
    id_set(users, true, {"pat"});
    refresh_delete(users, cookie(5));
    EXPECT_EQ(events(), Events{});
    EXPECT_EQ(state(users).cookie(), cookie(1)) << "not before all searches of the kind have ended";
    send(as_staff("pat", 4));
    refresh_delete(staff, cookie(5));
    EXPECT_EQ(events(), Events{});
    EXPECT_EQ(state(users).cookie(), cookie(5));
}

TEST_F(SeveralSearches, ALossBetweenTheEndsOfTheRefreshesWaits) {
    start();
    refresh_delete(users, std::nullopt);
    persist_delete(users, "pat", user_dn("pat"), 6);
    EXPECT_EQ(events(), Events{});
    send(sync::DisconnectedMessage{.why = "gone"});
    EXPECT_EQ(reconnect()[users], cookie(1)) << "the deletion is told again";
    refresh_delete(users, std::nullopt);
    persist_delete(users, "pat", user_dn("pat"), 6);
    refresh_delete(staff, std::nullopt);
    EXPECT_EQ(events(), Events{"delete user pat deleted_or_filtered"});
    EXPECT_EQ(state(users).cookie(), cookie(6));
}

TEST_F(SeveralSearches, AnArrivalBetweenTheEndsOfTheRefreshesIsNotAbsent) {
    start();
    id_set(users, false, {"pat"});
    refresh_present(users, cookie(5));
    persist(user("new", 6), EntryState::add, 6);
    persist_delete(users, "pat", user_dn("pat"), 7);
    persist(user("pat", 8), EntryState::add, 8);
    refresh_delete(staff, std::nullopt);
    EXPECT_EQ(events(), Events{"create user new"});
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(SeveralSearches, AnEntryLooksTheSameFromBoth) {
    EXPECT_EQ(config_.searches[users].attributes, config_.searches[staff].attributes);
}

TEST_F(SeveralSearches, ASearchThatIsAddedLearnsWhatItHolds) {
    config_.searches.push_back({.name = "more", .kind = EntryKind::user, .base = "dc=org", .attributes = {"uid"}});
    const auto cookies = start();
    EXPECT_EQ(cookies[users], cookie(1));
    EXPECT_EQ(cookies[4], std::nullopt);
    sync::EntryMessage tina = user("tina", 1);
    tina.search = 4;
    end_refresh({users, staff}, std::nullopt);
    send(tina);
    refresh_delete(4, cookie(7));
    EXPECT_EQ(events(), Events{});
    start();
    end_refresh({users, staff, 4, groups, roles}, std::nullopt);
    persist_delete(staff, "tina", user_dn("tina"), 8);
    EXPECT_EQ(events(), Events{}) << "the new search holds her too";
}

TEST_F(SeveralSearches, ASearchThatIsTakenAwayDeletesNothing) {
    const SearchConfig former = config_.searches[staff];
    config_.searches.pop_back();
    start();
    send(user("pat", 1));
    end_refresh({users, groups, roles}, cookie(9));
    EXPECT_EQ(events(), Events{});
    EXPECT_EQ(content_of_index().size(), 2U);
    EXPECT_EQ(log_.state("search/staff"), std::nullopt);
    compact_log();
    start();
    end_refresh({users, groups, roles}, std::nullopt);
    EXPECT_EQ(content_of_log(), content_of_index());

    config_.searches.push_back(former);
    config_.searches.back().name = "personnel";
    EXPECT_EQ(start()[staff], std::nullopt);
    end_refresh({users}, std::nullopt);
    send(as_staff("new", 10));
    EXPECT_EQ(events(), Events{"create user new"});
    refresh_delete(staff, cookie(10));
    EXPECT_EQ(events(), Events{"delete user tina absent_from_refresh"}) << "there again, and she had left";
}

TEST_F(SeveralSearches, ARenamedOneGoesOn) {
    config_.searches[staff].name = "personnel";
    EXPECT_EQ(start()[staff], cookie(1));
    end_refresh({users, staff, groups, roles}, std::nullopt);
    EXPECT_EQ(events(), Events{});
    compact_log();
    EXPECT_EQ(start()[staff], cookie(1));
    end_refresh({users, staff, groups, roles}, std::nullopt);
    persist_delete(staff, "tina", user_dn("tina"), 3);
    EXPECT_EQ(events(), Events{"delete user tina deleted_or_filtered"});
}

}  // namespace
}  // namespace entstream::producer::test
