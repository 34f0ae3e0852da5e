// Refreshes: what is published while one runs, what waits for its end, and what its end means.

#include <algorithm>

#include "tests/unit/producer/stream_fixture.hpp"

namespace entstream::producer::test {
namespace {

using publish::Topic;

class Refresh : public StreamTest {
  protected:
    /// Users eva, max and ida and group g (eva, max) were published; the process has ended.
    void SetUp() override {
        start();
        for (const char* name : {"eva", "max", "ida"}) {
            send(user(name, 5));
            directory_.put(user(name, 5));
        }
        refresh_delete(users, cookie(10));
        send(group("g", 6, {user_dn("eva"), user_dn("max")}));
        end_refresh({groups, roles}, cookie(10));
        first_ = events();
    }

    Events first_;
};

TEST_F(Refresh, InitialLoadPublishesEverythingOnce) {
    EXPECT_EQ(first_, (Events{"create user eva", "create user max", "create user ida", "create group g",
                              "create member g eva", "create member g max"}));
    EXPECT_EQ(state(users).cookie(), cookie(10));
    EXPECT_FALSE(state(users).refresh_in_progress());
    EXPECT_TRUE(stream_->streaming());
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(Refresh, FirstRecordIsTheIdentityOfTheLog) {
    EXPECT_EQ(log_.records()[0].key, log_identity_key);
    EXPECT_EQ(log_.records()[1].key, source_description_key);
}

TEST_F(Refresh, SequencesRiseOverRestarts) {
    start();
    send(user("eva", 20, "new"));
    end_refresh({users, groups, roles}, cookie(20));
    events();
    std::uint64_t last = 0;
    for (const FakeLog::Record& record : log_.records()) {
        v1::Change change;
        if (record.topic == Topic::changes && !record.key.starts_with("meta/") &&
            change.ParseFromString(record.value.value_or(""))) {
            EXPECT_GT(change.sequence(), last);
            last = change.sequence();
        }
    }
    v1::SourceState source;
    ASSERT_TRUE(source.ParseFromString(*log_.state("source")));
    EXPECT_EQ(source.last_sequence(), last);
}

TEST_F(Refresh, TheStateTopicSaysWhichRecordWasTheLastToSayMoreOfWhatWasThere) {
    const auto last_revision = [this] {
        v1::SourceState source;
        EXPECT_TRUE(source.ParseFromString(log_.state("source").value_or("")));
        EXPECT_TRUE(source.has_last_revision());
        return source.last_revision();
    };
    const auto sequence_of_last_record = [this] {
        std::uint64_t sequence = 0;
        for (const FakeLog::Record& record : log_.records()) {
            v1::Change change;
            if (record.topic == Topic::changes && record.key.starts_with("user/") &&
                change.ParseFromString(record.value.value_or(""))) {
                sequence = change.sequence();
            }
        }
        return sequence;
    };
    send(user("zoe", 11, "Zoe"));
    events();
    EXPECT_EQ(last_revision(), 0U) << "each entry and member was published once";
    send(user("zoe", 12, "Zoé"));
    events();
    const std::uint64_t update = sequence_of_last_record();
    EXPECT_EQ(last_revision(), update);
    // The next process knows it from the log.
    start();
    send(user("yan", 13, "Yan"));
    events();
    EXPECT_EQ(last_revision(), update);
    // Compaction has left one record of each key: what was said before is not there any more, but the UPDATE is.
    compact_log();
    start();
    send(user("uma", 14, "Uma"));
    events();
    EXPECT_EQ(last_revision(), update);
}

TEST_F(Refresh, RestartWithNothingChangedWritesNothing) {
    const std::size_t before = log_.records().size();
    EXPECT_EQ(start()[users], cookie(10));
    end_refresh({users, groups, roles}, std::nullopt);
    EXPECT_EQ(events(), Events{});
    EXPECT_EQ(log_.records().size(), before);
    EXPECT_EQ(start()[users], cookie(10)) << "a provider that sends no cookie leaves the old one";
}

TEST_F(Refresh, RestartFromTheCompactedLogKnowsTheSame) {
    const auto before = content_of_index();
    compact_log();
    EXPECT_EQ(content_of_log(), before);
}

TEST_F(Refresh, CookieIsStoredOnlyWithTheEnd) {
    config_.transaction_records = 1;
    start();
    send(user("eva", 20, "new"));
    EXPECT_EQ(events(), Events{"update user eva [sn]"});
    EXPECT_EQ(state(users).cookie(), cookie(10));
    EXPECT_TRUE(state(users).refresh_in_progress());

    EXPECT_EQ(start()[users], cookie(10)) << "killed in the middle: the same is asked again";
    send(user("eva", 20, "new"));
    refresh_delete(users, cookie(21));
    EXPECT_EQ(events(), Events{});
    EXPECT_EQ(state(users).cookie(), cookie(21));
    EXPECT_FALSE(state(users).refresh_in_progress());
}

TEST_F(Refresh, DeleteListGivesNetEvents) {
    start();
    id_set(users, true, {"max", "never-seen"});
    EXPECT_EQ(events(), Events{}) << "no deletion before the end";
    send(user("eva", 20, "new"));
    send(user("new", 21));
    refresh_delete(users, cookie(21));
    EXPECT_EQ(events(), (Events{"update user eva [sn]", "create user new", "delete user max deleted_or_filtered"}));
}

TEST_F(Refresh, PresentListGivesTheSameNetEvents) {
    start();
    id_set(users, false, {"eva", "ida", "new"});
    send(user("eva", 20, "new"));
    send(user("new", 21));
    refresh_present(users, cookie(21));
    EXPECT_EQ(events(), (Events{"update user eva [sn]", "create user new", "delete user max absent_from_refresh"}));
}

TEST_F(Refresh, EntriesThatAreOnlyNamedAreFetched) {
    start();
    directory_.put(user("moved", 3));
    id_set(users, false, {"eva", "max", "ida", "moved"});
    refresh_present(users, cookie(21));
    EXPECT_EQ(events(), Events{"create user moved"});
}

// R1: by the letter of RFC 4533 refreshDelete means that nothing else is gone.
TEST_F(Refresh, WithoutCookieAbsenceCountsWhateverTheProviderSays) {
    stream_->commit();
    auto forgotten = state(users);
    forgotten.clear_cookie();
    log_.begin();
    log_.write(Topic::state, "search/users", forgotten.SerializeAsString(), {});
    log_.commit();
    EXPECT_EQ(start()[users], std::nullopt);
    send(user("eva", 5));
    send(user("ida", 5));
    refresh_delete(users, cookie(21));
    EXPECT_EQ(events(), Events{"delete user max absent_from_refresh"});
    EXPECT_EQ(state(users).cookie(), cookie(21));
}

TEST_F(Refresh, AnInterruptedRefreshRemovesNothing) {
    start();
    id_set(users, false, {"eva"});
    id_set(users, true, {"ida"});
    send(sync::DisconnectedMessage{.why = "gone"});
    EXPECT_EQ(events(), Events{});
    EXPECT_TRUE(stream_->session_end());
    EXPECT_EQ(reconnect()[users], cookie(10));
    end_refresh({users, groups, roles}, std::nullopt);
    EXPECT_EQ(events(), Events{});
}

TEST_F(Refresh, AnIgnoredCookieIsNoticed) {
    start();
    send(user("eva", 5));
    refresh_delete(users, std::nullopt);
    ASSERT_TRUE(stream_->session_end());
    EXPECT_TRUE(stream_->session_end()->at_once);
    EXPECT_EQ(reconnect()[users], std::nullopt);
    send(user("eva", 5));
    send(user("ida", 5));
    end_refresh({users, groups, roles}, cookie(30));
    EXPECT_EQ(events(), Events{"delete user max absent_from_refresh"});
}

TEST_F(Refresh, ARefusedCookieLeadsToAResyncWithDifferencesOnly) {
    for (const int result : {4096, 53}) {
        start();
        send(sync::DoneMessage{
            .search = users, .result_code = result, .diagnostic = {}, .cookie = {}, .refresh_deletes = {}});
        ASSERT_TRUE(stream_->session_end());
        const auto cookies = reconnect();
        EXPECT_EQ(cookies[users], std::nullopt);
        EXPECT_EQ(cookies[groups], cookie(10));
        for (const char* name : {"eva", "max", "ida"}) {
            send(user(name, 5));
        }
        end_refresh({users, groups, roles}, cookie(10));
        EXPECT_EQ(events(), Events{});
    }
}

TEST_F(Refresh, AProviderThatWentBackIsReadAgain) {
    provider_.context_csns = {csn(9)};
    EXPECT_EQ(start()[users], std::nullopt);
    for (const char* name : {"eva", "max", "ida"}) {
        send(user(name, 4, name == std::string("eva") ? "before" : "x"));
    }
    refresh_delete(users, cookie(9));
    EXPECT_EQ(events(), (Events{"update user eva [sn]", "update user max", "update user ida"}))
        << "older than what was published, and still the truth; of the others the log gets the CSN";
    EXPECT_EQ(state(users).cookie(), cookie(9)) << "not merged with the CSN that the provider has lost";
}

TEST_F(Refresh, AnEmptyPresentListIsNotBelieved) {
    start();
    refresh_present(users, cookie(21));
    EXPECT_EQ(events(), Events{});
    ASSERT_TRUE(stream_->session_end());
    EXPECT_EQ(reconnect()[users], std::nullopt);
    for (const char* name : {"eva", "max", "ida"}) {
        send(user(name, 5));
    }
    refresh_delete(users, cookie(21));
    EXPECT_EQ(events(), Events{});
}

TEST_F(Refresh, EverybodyIsRemovedOnlyAfterASecondLook) {
    start();
    refresh_present(users, cookie(21));
    reconnect();
    refresh_delete(users, cookie(21));
    EXPECT_EQ(events().size(), 3U) << "the second look agrees";
    EXPECT_FALSE(stream_->session_end());
}

TEST_F(Refresh, NothingChangedInTheWayOf389Ds) {
    start();
    refresh_present(users, std::nullopt);
    EXPECT_EQ(events(), Events{});
    EXPECT_FALSE(stream_->session_end());
}

TEST_F(Refresh, TwoPhases) {
    start();
    id_set(users, true, {"ida"});
    send(sync::RefreshMessage{.search = users, .present_phase = false, .done = false, .cookie = {}});
    id_set(users, false, {"eva"});
    EXPECT_EQ(events(), Events{});
    refresh_present(users, cookie(21));
    EXPECT_EQ(events(), (Events{"delete user max absent_from_refresh", "delete user ida deleted_or_filtered"}));
}

TEST_F(Refresh, EveryDeletionNamesTheirNumber) {
    start();
    id_set(users, true, {"ida", "max"});
    refresh_delete(users, cookie(21));
    events();
    v1::Change change;
    ASSERT_TRUE(change.ParseFromString(*(log_.records().end() - 4)->value));
    EXPECT_EQ(change.operation(), v1::OPERATION_DELETE);
    EXPECT_EQ(change.removals_of_generation(), 2U);
}

TEST_F(Refresh, AReusedDnIsDeletedBeforeItIsCreated) {
    sync::EntryMessage heir = entry(users, "heir", user_dn("max"), 20, {{"uid", {"max"}}, {"sn", {"x"}}});
    start();
    id_set(users, true, {"max"});
    send(heir);
    refresh_delete(users, cookie(21));
    EXPECT_EQ(events(), (Events{"delete user max deleted_or_filtered", "create user heir"}));

    sync::EntryMessage next = entry(users, "next", user_dn("max"), 30, {{"uid", {"max"}}, {"sn", {"x"}}});
    start();
    id_set(users, false, {"eva", "ida", "next"});
    send(next);
    refresh_present(users, cookie(31));
    EXPECT_EQ(events(), (Events{"delete user heir absent_from_refresh", "create user next"}));
}

TEST_F(Refresh, ADirectoryLoadedAnewIsNotHeldInMemory) {
    const std::string photo(4UL << 20U, 'x');
    const int crowd = 20;
    const auto loaded = [&](const std::string& uuid, const std::string& name, int change) {
        return entry(users, uuid, user_dn(name), change, {{"uid", {name}}, {"sn", {photo}}});
    };
    start();
    for (int i = 0; i < crowd; ++i) {
        send(loaded("former" + std::to_string(i), "p" + std::to_string(i), 20));
    }
    end_refresh({users, groups, roles}, cookie(20));
    EXPECT_EQ(events().size(), static_cast<std::size_t>(crowd));

    start();
    std::vector<std::string> there = {"eva", "max", "ida"};
    for (int i = 0; i < crowd; ++i) {
        const sync::EntryMessage again = loaded("new" + std::to_string(i), "p" + std::to_string(i), 30);
        directory_.put(again);
        send(again);
    }
    id_set(users, false, there);
    refresh_present(users, cookie(30));
    const Events all = events();
    EXPECT_EQ(all.size(), 2U * crowd);
    EXPECT_TRUE(std::all_of(all.begin(), all.begin() + crowd, [](const std::string& event) {
        return event.starts_with("delete user former");
    })) << "who had the DN before goes first";
    EXPECT_GT(directory_.questions, 0U) << "what had no room is read again";
    EXPECT_LT(directory_.questions, static_cast<std::size_t>(crowd));
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(Refresh, SwappedDnsAreTwoRenames) {
    sync::EntryMessage eva = user("eva", 20);
    sync::EntryMessage max = user("max", 21);
    std::swap(eva.dn, max.dn);
    start();
    send(eva);
    send(max);
    refresh_delete(users, cookie(21));
    Events both = events();
    std::sort(both.begin(), both.end());
    EXPECT_EQ(both, (Events{"update user eva uid=eva,ou=people,dc=org -> uid=max,ou=people,dc=org",
                            "update user max uid=max,ou=people,dc=org -> uid=eva,ou=people,dc=org"}));
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(Refresh, ChangedAttributesAreReadAgain) {
    config_.searches[users].attributes.emplace_back("title");
    EXPECT_EQ(start()[users], std::nullopt);
    sync::EntryMessage eva = user("eva", 5);
    eva.attributes.push_back({.name = "TITLE", .values = {"Dr"}});
    send(eva);
    send(user("ida", 5));
    refresh_delete(users, cookie(21));
    EXPECT_EQ(events(), (Events{"update user eva [title]", "delete user max absent_from_refresh"}));
}

TEST_F(Refresh, ATruncatedLogIsNoticed) {
    truncate_log(0);
    log_.begin();
    v1::SourceState source;
    source.set_log_id("former");
    source.set_last_sequence(99);
    log_.write(Topic::state, "source", source.SerializeAsString(), {});
    v1::SearchState search;
    search.set_cookie(cookie(10));
    log_.write(Topic::state, "search/users", search.SerializeAsString(), {});
    log_.commit();
    EXPECT_EQ(start()[users], std::nullopt);
}

/// The decision to read everything again outlives the process that took it.
class Resync : public Refresh {
  protected:
    void expect_all_read_again() {
        stream_->commit();
        for (const auto& sent : start()) {
            EXPECT_EQ(sent, std::nullopt);
        }
    }
};

TEST_F(Resync, OfACutLogSurvivesTheProcess) {
    const std::vector<v1::SearchState> before = {state(users), state(groups), state(roles)};
    truncate_log(4);
    log_.begin();
    v1::SourceState source;
    source.set_log_id("log");
    source.set_last_sequence(99);
    log_.write(Topic::state, "source", source.SerializeAsString(), {});
    for (std::size_t search = 0; search < before.size(); ++search) {
        log_.write(Topic::state, "search/" + config_.searches[search].name, before[search].SerializeAsString(), {});
    }
    log_.commit();
    start();
    send(user("late", 5));  // sequences go on from the lower one: the cut does not show any more
    expect_all_read_again();
}

TEST_F(Resync, OfAProviderThatWentBackSurvivesTheProcess) {
    provider_.context_csns = {csn(9)};
    start();
    stream_->commit();
    provider_.context_csns = {csn(30)};  // a later write hides it
    expect_all_read_again();
}

TEST_F(Resync, ThatTheProviderAskedForSurvivesTheProcess) {
    start();
    end_refresh({users, groups, roles}, std::nullopt);
    send(sync::DoneMessage{.search = users, .result_code = 53, .diagnostic = {}, .cookie = {}, .refresh_deletes = {}});
    stream_->commit();
    const auto cookies = start();
    EXPECT_EQ(cookies[users], std::nullopt);
    EXPECT_EQ(cookies[groups], cookie(10));
}

TEST_F(Refresh, ManyAbsentEntriesAreVerifiedFirst) {
    start();
    Events expected;
    for (int i = 0; i < 1500; ++i) {
        send(user("crowd" + std::to_string(i), 20));
    }
    refresh_delete(users, cookie(20));
    end_refresh({groups, roles}, cookie(20));
    EXPECT_EQ(events().size(), 1500U);

    start();
    id_set(users, false, {"eva", "max", "ida"});
    refresh_present(users, cookie(21));
    EXPECT_EQ(events(), Events{});
    EXPECT_EQ(reconnect()[users], std::nullopt);
    for (const char* name : {"eva", "max", "ida"}) {
        send(user(name, 5));
    }
    refresh_delete(users, cookie(21));
    EXPECT_EQ(events().size(), 1500U);
}

}  // namespace
}  // namespace entstream::producer::test
