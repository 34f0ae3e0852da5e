// Changes as they come in persist: what is a change, what is none, and what follows from one that the provider does not
// say.

#include "tests/unit/producer/stream_fixture.hpp"

namespace entstream::producer::test {
namespace {

using sync::EntryState;

class Persist : public StreamTest {
  protected:
    /// Users eva and max are published, all searches are in persist.
    void SetUp() override {
        start();
        for (const char* name : {"eva", "max"}) {
            send(user(name, 1));
        }
        end_refresh({users, groups, roles}, cookie(1));
        events();
    }
};

TEST_F(Persist, AddModifyDelete) {
    persist(user("new", 2), EntryState::add, 2);
    EXPECT_EQ(events(), Events{"create user new"});
    persist(user("new", 3, "other"), EntryState::modify, 3);
    EXPECT_EQ(events(), Events{"update user new [sn]"});
    persist_delete(users, "new", user_dn("new"), 4);
    EXPECT_EQ(events(), Events{"delete user new deleted_or_filtered"});
    EXPECT_EQ(state(users).cookie(), cookie(4));
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(Persist, ADeletionCarriesNoPersonalData) {
    persist_delete(users, "eva", user_dn("eva"), 4);
    events();
    v1::Change change;
    for (const FakeLog::Record& record : log_.records()) {
        if (record.key == user_key(uuid("eva"))) {
            ASSERT_TRUE(change.ParseFromString(*record.value));
        }
    }
    EXPECT_EQ(change.operation(), v1::OPERATION_DELETE);
    EXPECT_EQ(change.attributes_size(), 0);
    EXPECT_EQ(change.csn(), csn(4));
    EXPECT_TRUE(change.has_changed_at());
}

TEST_F(Persist, TheAfterImageIsSpelledAsConfigured) {
    sync::EntryMessage message =
        entry(users, "new", user_dn("new"), 2,
              {{"UID", {"new"}}, {"SN;lang-fr", {"é"}}, {"secret", {"x"}}, {"mail", {"a", "b"}}});
    persist(message, EntryState::add, 2);
    events();
    v1::Change change;
    for (const FakeLog::Record& record : log_.records()) {
        if (record.key == user_key(uuid("new"))) {
            ASSERT_TRUE(change.ParseFromString(*record.value));
        }
    }
    std::map<std::string, std::vector<std::string>> image;
    for (const v1::Attribute& attribute : change.attributes()) {
        image[attribute.name()] = {attribute.values().begin(), attribute.values().end()};
    }
    EXPECT_EQ(
        image,
        (std::map<std::string, std::vector<std::string>>{
            {"uid", {"new"}}, {"SN;lang-fr", {"é"}}, {"mail", {"a", "b"}}, {"createTimestamp", {"20261122100000Z"}}}));
    EXPECT_EQ(change.csn(), csn(2));
    EXPECT_EQ(change.phase(), v1::PHASE_PERSIST);
}

TEST_F(Persist, WritesThatChangeNothingPublishedAreNoChangeButMoveTheCookie) {
    persist(user("eva", 2), EntryState::modify, 2);
    sync::EntryMessage unrequested = user("eva", 3);
    unrequested.attributes.push_back({.name = "telephoneNumber", .values = {"1"}});
    persist(unrequested, EntryState::modify, 3);
    EXPECT_EQ(events(), Events{});
    EXPECT_EQ(state(users).cookie(), cookie(3));
}

TEST_F(Persist, TheOrderOfValuesHasNoMeaning) {
    const auto with_mail = [this](int change, const std::vector<std::string>& mail) {
        return entry(users, "eva", user_dn("eva"), change, {{"uid", {"eva"}}, {"sn", {"x"}}, {"mail", mail}});
    };
    persist(with_mail(2, {"a", "b"}), EntryState::modify, 2);
    EXPECT_EQ(events(), Events{"update user eva [mail]"});
    persist(with_mail(3, {"b", "a"}), EntryState::modify, 3);
    EXPECT_EQ(events(), Events{});
}

TEST_F(Persist, ChangesOutsideTheFilterOnlyMoveTheCookie) {
    send(sync::NewCookieMessage{.search = users, .cookie = cookie(7)});
    EXPECT_EQ(events(), Events{});
    EXPECT_EQ(state(users).cookie(), cookie(7));
    EXPECT_EQ(start()[users], cookie(7)) << "a restart does not ask for them again";
}

// R2: with concurrent writers slapd sends cookies without a CSN; stored, the next start would read everything.
TEST_F(Persist, ACookieWithoutCsnIsNeverStored) {
    sync::EntryMessage message = user("new", 2);
    message.cookie = "rid=000";
    send(message);
    EXPECT_EQ(events(), Events{"create user new"});
    EXPECT_EQ(state(users).cookie(), cookie(1));
}

// R3: a persist cookie has the CSN of one server only.
TEST_F(Persist, CookiesOfSeveralServersAreMerged) {
    sync::EntryMessage message = user("new", 2);
    message.cookie = cookie(2, 1) + ",sid=001";
    send(message);
    events();
    EXPECT_EQ(state(users).cookie(), "rid=000,csn=" + csn(1) + ';' + csn(2, 1));
}

// R6
TEST_F(Persist, OwnStateDecidesWhatAMessageIs) {
    persist(user("new", 2), EntryState::modify, 2);
    EXPECT_EQ(events(), Events{"create user new"});
    persist(user("new", 3, "other"), EntryState::add, 3);
    EXPECT_EQ(events(), Events{"update user new [sn]"});
    persist_delete(users, "never-seen", user_dn("never-seen"), 4);
    EXPECT_EQ(events(), Events{});
}

// R7: what was queued on the provider during the refresh is replayed afterwards.
TEST_F(Persist, TheReplayOfOlderStatesIsDropped) {
    start();
    send(user("eva", 13, "v3"));
    end_refresh({users, groups, roles}, cookie(13));
    EXPECT_EQ(events(), Events{"update user eva [sn]"});
    persist(user("eva", 11, "v1"), EntryState::modify, 11);
    persist(user("eva", 12, "v2"), EntryState::modify, 12);
    persist_delete(users, "eva", user_dn("eva"), 12);
    persist(user("eva", 13, "v3"), EntryState::modify, 13);
    EXPECT_EQ(events(), Events{});
    persist(user("eva", 14, "v4"), EntryState::modify, 14);
    EXPECT_EQ(events(), Events{"update user eva [sn]"});
}

TEST_F(Persist, LeavingAndEnteringTheFilter) {
    persist_delete(users, "eva", user_dn("eva"), 2);
    persist(user("eva", 3), EntryState::add, 3);
    EXPECT_EQ(events(), (Events{"delete user eva deleted_or_filtered", "create user eva"}));
}

TEST_F(Persist, LeavingTheScopeIsAReasonOfItsOwn) {
    persist_delete(users, "eva", "uid=eva,ou=elsewhere,dc=com", 2);
    EXPECT_EQ(events(), Events{"delete user eva moved_out_of_scope"});
}

TEST_F(Persist, ARenameKeepsTheIdentity) {
    persist(entry(users, "eva", "uid=eve,ou=people,dc=org", 2, {{"uid", {"eve"}}, {"sn", {"x"}}}), EntryState::modify,
            2);
    EXPECT_EQ(events(), Events{"update user eva [uid] uid=eva,ou=people,dc=org -> uid=eve,ou=people,dc=org"});
    persist(entry(users, "eva", "UID=eve, ou=people,dc=org", 3, {{"uid", {"eve"}}, {"sn", {"x"}}}), EntryState::modify,
            3);
    EXPECT_EQ(events(), Events{}) << "the same DN in another spelling";
}

TEST_F(Persist, ASecondEndOfTheRefreshBreaksTheProtocol) {
    refresh_delete(users, cookie(5));
    EXPECT_TRUE(stream_->session_end());
    persist(user("new", 2), EntryState::add, 2);
    EXPECT_EQ(events(), Events{}) << "nothing of such a session is believed any more";
}

TEST_F(Persist, ABatchIsOneTransactionWithItsCookie) {
    persist(user("a", 2), EntryState::add, 2);
    persist(user("b", 3), EntryState::add, 3);
    const std::size_t before = log_.transactions();
    events();
    EXPECT_EQ(log_.transactions(), before + 1);
    EXPECT_EQ(state(users).cookie(), cookie(3));
}

TEST_F(Persist, ALostTransactionIsPublishedAgain) {
    persist(user("new", 2), EntryState::add, 2);
    EXPECT_EQ(start()[users], cookie(1)) << "killed before the commit";
    send(user("new", 2));
    end_refresh({users, groups, roles}, cookie(2));
    EXPECT_EQ(events(), Events{"create user new"});
}

TEST_F(Persist, TheWatermarkIsAProbeThatEverySearchHasReached) {
    const auto now = std::chrono::system_clock::now();
    send(sync::ProbeMessage{.context_csns = {csn(2)}, .asked_at = now});
    EXPECT_FALSE(stream_->watermark());
    send(sync::NewCookieMessage{.search = users, .cookie = cookie(2)});
    send(sync::NewCookieMessage{.search = groups, .cookie = cookie(2)});
    send(sync::ProbeMessage{.context_csns = {csn(2)}, .asked_at = now});
    EXPECT_FALSE(stream_->watermark()) << "one search is behind";
    send(sync::NewCookieMessage{.search = roles, .cookie = cookie(2)});
    send(sync::ProbeMessage{.context_csns = {csn(2)}, .asked_at = now});
    EXPECT_EQ(stream_->watermark(), now);

    start();
    send(sync::ProbeMessage{.context_csns = {csn(2)}, .asked_at = now});
    EXPECT_FALSE(stream_->watermark()) << "a refresh is on";
}

// OpenLDAP says nothing to the searches that a deletion does not concern.
TEST_F(Persist, ADeletionIsReachedByTheSearchesThatItDoesNotConcern) {
    const auto now = std::chrono::system_clock::now();
    persist_delete(users, "eva", user_dn("eva"), 2);
    send(sync::ProbeMessage{.context_csns = {csn(2)}, .asked_at = now});
    EXPECT_FALSE(stream_->watermark()) << "they may be on their way";
    send(sync::ProbeMessage{.context_csns = {csn(2)}, .asked_at = now});
    EXPECT_EQ(stream_->watermark(), now);
    send(sync::ProbeMessage{.context_csns = {csn(3)}, .asked_at = now + std::chrono::seconds(1)});
    send(sync::ProbeMessage{.context_csns = {csn(3)}, .asked_at = now + std::chrono::seconds(1)});
    EXPECT_EQ(stream_->watermark(), now) << "nobody told why";
}

}  // namespace
}  // namespace entstream::producer::test
