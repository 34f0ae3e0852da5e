// Entries that no search shows any more since the configuration or the directory changed: they are kept, and what
// really leaves is removed all the same.

#include "tests/unit/producer/stream_fixture.hpp"

namespace entstream::producer::test {
namespace {

using sync::EntryState;

class ChangedView : public StreamTest {
  protected:
    /// Users eva, max and ida were published; the process has ended.
    void SetUp() override {
        start();
        for (const char* name : {"eva", "max", "ida"}) {
            send(user(name, 5));
        }
        end_refresh({users, groups, roles}, cookie(10));
        events();
    }

    /// A start of which only `shown` are in the content of the users' search.
    Events read_in_full(const std::vector<sync::EntryMessage>& shown, int with_cookie) {
        EXPECT_EQ(start()[users], std::nullopt);
        for (const sync::EntryMessage& message : shown) {
            send(message);
        }
        end_refresh({users, groups, roles}, cookie(with_cookie));
        return events();
    }

    void narrow_filter() {
        config_.searches[users].filter = "(uid=e*)";
        EXPECT_EQ(read_in_full({user("eva", 5)}, 21), Events{}) << "max and ida are kept";
    }
    void restore_filter() { config_.searches[users].filter = "(objectClass=person)"; }
};

TEST_F(ChangedView, TheNextStartGoesOnFromTheCookie) {
    narrow_filter();
    EXPECT_EQ(start()[users], cookie(21));
    end_refresh({users, groups, roles}, std::nullopt);
    EXPECT_EQ(events(), Events{});
}

TEST_F(ChangedView, WhoReallyLeavesIsRemoved) {
    narrow_filter();
    start();
    id_set(users, false, {"eva"});
    send(user("emil", 22));
    refresh_present(users, cookie(22));
    EXPECT_EQ(events(), Events{"create user emil"});
    start();
    id_set(users, false, {"eva"});
    refresh_present(users, cookie(23));
    EXPECT_EQ(events(), Events{"delete user emil absent_from_refresh"}) << "max and ida are still kept";
}

TEST_F(ChangedView, WhoIsShownAgainIsAsBefore) {
    narrow_filter();
    start();
    send(user("max", 22, "einstein"));
    end_refresh({users, groups, roles}, cookie(22));
    EXPECT_EQ(events(), Events{"update user max [sn]"});
    EXPECT_FALSE(log_.state("holders/" + user_key(uuid("max"))));
    EXPECT_EQ(content_of_log(), content_of_index());
    start();
    id_set(users, true, {"max"});
    end_refresh({users, groups, roles}, cookie(23));
    EXPECT_EQ(events(), Events{"delete user max deleted_or_filtered"});
}

TEST_F(ChangedView, RestoringItShowsWhatHappenedMeanwhile) {
    narrow_filter();
    compact_log();
    restore_filter();
    EXPECT_EQ(read_in_full({user("eva", 5), user("max", 22, "new")}, 30),
              (Events{"update user max [sn]", "delete user ida absent_from_refresh"}));
    EXPECT_EQ(start()[users], cookie(30));
}

TEST_F(ChangedView, RestoringItAfterAKillInTheMiddleIsTheSame) {
    config_.searches[users].filter = "(uid=e*)";
    start();
    send(user("eva", 20, "new"));
    EXPECT_EQ(events(), Events{"update user eva [sn]"});
    restore_filter();
    EXPECT_EQ(read_in_full({user("eva", 20, "new"), user("max", 22, "new")}, 30),
              (Events{"update user max [sn]", "delete user ida absent_from_refresh"}));
}

TEST_F(ChangedView, AnotherDirectoryRemovesNothing) {
    const auto former = provider_.suffix_uuid;
    provider_.suffix_uuid = Uuid::from_name("another suffix");
    EXPECT_EQ(read_in_full({user("new", 7)}, 7), Events{"create user new"});
    EXPECT_EQ(start()[users], cookie(7)) << "from now on it is the directory of this log";
    id_set(users, true, {"new"});
    send(user("newer", 8));
    end_refresh({users, groups, roles}, cookie(8));
    EXPECT_EQ(events(), (Events{"create user newer", "delete user new deleted_or_filtered"}));

    provider_.suffix_uuid = former;
    EXPECT_EQ(read_in_full({user("eva", 5), user("max", 22, "new")}, 30),
              (Events{"update user max [sn]", "delete user ida absent_from_refresh"}))
        << "back again: what happened there meanwhile; what only the other one had is kept";
}

TEST_F(ChangedView, AnotherDirectoryInTheSameProcess) {
    start();
    end_refresh({users, groups, roles}, std::nullopt);
    const auto former = provider_.suffix_uuid;
    provider_.suffix_uuid = Uuid::from_name("another suffix");
    EXPECT_EQ(reconnect()[users], std::nullopt);
    send(user("eva", 5));
    end_refresh({users, groups, roles}, cookie(7));
    EXPECT_EQ(events(), Events{});
    provider_.suffix_uuid = former;
    EXPECT_EQ(reconnect()[users], std::nullopt) << "the cookie is another directory's";
}

TEST_F(ChangedView, ARenamedSearchGoesOn) {
    config_.searches[users].name = "people";
    EXPECT_EQ(start()[users], cookie(10));
    EXPECT_EQ(events(), Events{});
    EXPECT_EQ(log_.state("search/users"), std::nullopt);
    EXPECT_EQ(start()[users], cookie(10));
    id_set(users, true, {"max"});
    end_refresh({users, groups, roles}, cookie(12));
    EXPECT_EQ(events(), Events{"delete user max deleted_or_filtered"});
}

TEST_F(ChangedView, ARenamedAndChangedSearchKeepsWhatItDoesNotShow) {
    config_.searches[users].name = "people";
    narrow_filter();
    EXPECT_EQ(start()[users], cookie(21));
    end_refresh({users, groups, roles}, std::nullopt);
    EXPECT_EQ(events(), Events{});
    restore_filter();
    EXPECT_EQ(read_in_full({user("eva", 5), user("max", 5)}, 30), Events{"delete user ida absent_from_refresh"});
}

}  // namespace
}  // namespace entstream::producer::test
