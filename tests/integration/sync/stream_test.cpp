// What the stream says about each kind of change, as a real slapd sends it.

#include <gtest/gtest.h>

#include <map>
#include <unordered_set>

#include "tests/integration/sync/recorder.hpp"
#include "tests/integration/sync/slapd.hpp"

namespace entstream::producer::sync {
namespace {

using test::config_for;
using test::Recorder;
using test::Slapd;
using test::value_of;

std::vector<std::optional<std::string>> from(const Cookie& cookie) {
    return {cookie.text()};
}

// T02
TEST(Stream, FirstRefreshBringsEveryEntryThenACookie) {
    Slapd slapd;
    for (const char* uid : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
        slapd.add_person(uid);
    }
    Recorder stream(config_for(slapd));
    const RefreshMessage end = stream.end_of_refresh();
    EXPECT_FALSE(end.present_phase);
    ASSERT_TRUE(end.cookie);
    EXPECT_FALSE(Cookie::parse(*end.cookie).empty());
    EXPECT_TRUE(stream.cookie().has_reached(stream.provider().context_csns));

    const std::vector<EntryMessage> entries = stream.entries();
    ASSERT_EQ(entries.size(), 8U);
    EXPECT_EQ(stream.messages().size(), 9U);
    for (const EntryMessage& entry : entries) {
        EXPECT_EQ(entry.state, EntryState::add);
        EXPECT_EQ(entry.cookie, std::nullopt);
        EXPECT_EQ(entry.dn, "uid=" + value_of(entry, "uid") + ",ou=people,dc=fr");
        EXPECT_EQ(value_of(entry, "mail"), value_of(entry, "uid") + "@ent.example.fr");
        EXPECT_TRUE(csn_time(value_of(entry, "entryCSN")));
        EXPECT_NE(value_of(entry, "createTimestamp"), "");
        EXPECT_EQ(find_attribute(entry.attributes, "cn"), nullptr);
        EXPECT_NE(entry.uuid, Uuid{});
    }
}

TEST(Stream, TheProviderSaysWhoItIs) {
    Slapd slapd;
    Recorder stream(config_for(slapd));
    EXPECT_EQ(stream.provider().suffix, Slapd::suffix);
    const auto found = slapd.admin().find(Slapd::suffix, "(objectClass=dcObject)", {"entryUUID", "contextCSN"});
    EXPECT_EQ(stream.provider().suffix_uuid, Uuid::from_text(found.at(0).values.at(0).at(0)));
    EXPECT_EQ(stream.provider().context_csns, found.at(0).values.at(1));
}

// T03
TEST(Stream, PersistTellsAdditionChangeAndDeletion) {
    Slapd slapd;
    Recorder stream(config_for(slapd));
    stream.end_of_refresh();

    slapd.add_person("jean");
    const auto added = stream.next<EntryMessage>();
    EXPECT_EQ(added.state, EntryState::add);
    EXPECT_EQ(value_of(added, "uid"), "jean");
    ASSERT_TRUE(added.cookie);
    EXPECT_EQ(Cookie::parse(*added.cookie).csns().begin()->second, value_of(added, "entryCSN"));

    slapd.admin().replace(added.dn, "mail", {"j@ent.example.fr", "jean@ent.example.fr"});
    const auto modified = stream.next<EntryMessage>();
    EXPECT_EQ(modified.state, EntryState::modify);
    EXPECT_EQ(modified.uuid, added.uuid);
    EXPECT_EQ(find_attribute(modified.attributes, "MAIL")->values.size(), 2U);
    EXPECT_EQ(value_of(modified, "sn"), "jean");

    slapd.admin().remove(added.dn);
    const auto removed = stream.next<EntryMessage>();
    EXPECT_EQ(removed.state, EntryState::remove);
    EXPECT_EQ(removed.uuid, added.uuid);
    EXPECT_EQ(removed.dn, added.dn);
    EXPECT_TRUE(removed.attributes.empty());
    EXPECT_TRUE(Cookie::parse(*modified.cookie).is_ahead_of({Cookie::parse(*added.cookie).csns().begin()->second}));
}

// T04, T05: nothing that we asked for changes, but the cookie goes on.
TEST(Stream, ChangesWithoutDifferenceMoveTheCookie) {
    Slapd slapd;
    slapd.add_person("jean");
    Recorder stream(config_for(slapd));
    stream.end_of_refresh();
    const EntryMessage before = stream.entries().at(0);
    for (const char* attribute : {"sn", "description"}) {
        slapd.admin().replace(before.dn, attribute, {"jean"});
        const auto after = stream.next<EntryMessage>([&](const auto& entry) { return entry.cookie.has_value(); });
        EXPECT_EQ(after.state, EntryState::modify);
        EXPECT_EQ(after.dn, before.dn);
        for (const char* published : {"uid", "sn", "mail", "employeeType", "createTimestamp"}) {
            EXPECT_EQ(value_of(after, published), value_of(before, published));
        }
        EXPECT_GT(value_of(after, "entryCSN"), value_of(before, "entryCSN"));
        EXPECT_TRUE(stream.cookie().has_reached({value_of(after, "entryCSN")}));
    }
}

// T06
TEST(Stream, ARenamedEntryKeepsItsUuid) {
    Slapd slapd;
    slapd.add_person("jean");
    Recorder stream(config_for(slapd));
    stream.end_of_refresh();
    const EntryMessage before = stream.entries().at(0);
    slapd.admin().rename(before.dn, "uid=jeanne");
    const auto after = stream.next<EntryMessage>([](const auto& entry) { return entry.state == EntryState::modify; });
    EXPECT_EQ(after.uuid, before.uuid);
    EXPECT_EQ(after.dn, "uid=jeanne,ou=people,dc=fr");
    EXPECT_EQ(value_of(after, "uid"), "jeanne");
}

// T07
TEST(Stream, AMovedSubtreeIsNamedByItsTopAlone) {
    Slapd slapd;
    slapd.admin().add("ou=x,ou=people,dc=fr", {{"objectClass", {"organizationalUnit"}}, {"ou", {"x"}}});
    slapd.add_person("k1", "student", "ou=x,ou=people,dc=fr");
    slapd.add_person("k2", "student", "ou=x,ou=people,dc=fr");
    ProducerConfig config = config_for(slapd);
    config.searches[0].filter = "(|(uid=*)(ou=*))";
    Recorder stream(config);
    stream.end_of_refresh();
    const std::size_t before = stream.messages().size();

    slapd.admin().rename("ou=x,ou=people,dc=fr", "ou=y");
    stream.settle();
    const std::vector<EntryMessage> moved = stream.entries(before);
    ASSERT_EQ(moved.size(), 1U);
    EXPECT_EQ(moved[0].state, EntryState::modify);
    EXPECT_EQ(moved[0].dn, "ou=y,ou=people,dc=fr");

    slapd.admin().replace("uid=k1,ou=y,ou=people,dc=fr", "sn", {"new"});
    const auto child = stream.next<EntryMessage>([](const auto& entry) { return value_of(entry, "sn") == "new"; });
    EXPECT_EQ(child.state, EntryState::modify);
    EXPECT_EQ(child.dn, "uid=k1,ou=y,ou=people,dc=fr");
}

// T10
TEST(Stream, LeavingAndEnteringTheFilterIsDeletionAndAddition) {
    Slapd slapd;
    slapd.add_person("jean", "staff");
    ProducerConfig config = config_for(slapd);
    config.searches[0].filter = "(employeeType=staff)";
    Recorder stream(config);
    stream.end_of_refresh();
    const EntryMessage before = stream.entries().at(0);

    slapd.admin().replace("uid=jean,ou=people,dc=fr", "employeeType", {"student"});
    const auto left = stream.next<EntryMessage>();
    EXPECT_EQ(left.state, EntryState::remove);
    EXPECT_EQ(left.uuid, before.uuid);
    slapd.admin().replace("uid=jean,ou=people,dc=fr", "employeeType", {"staff"});
    const auto entered = stream.next<EntryMessage>();
    EXPECT_EQ(entered.state, EntryState::add);
    EXPECT_EQ(entered.uuid, before.uuid);
}

// T11
TEST(Stream, AChangeElsewhereIsACookieOnly) {
    Slapd slapd;
    Recorder stream(config_for(slapd));
    stream.end_of_refresh();
    slapd.admin().replace("ou=groups,dc=fr", "description", {"elsewhere"});
    const auto newer = stream.next<NewCookieMessage>();
    EXPECT_TRUE(stream.entries().empty());
    stream.settle();
    EXPECT_TRUE(stream.cookie().has_reached(stream.probes().back().context_csns));

    Recorder again(config_for(slapd), {newer.cookie});
    EXPECT_EQ(again.end_of_refresh().cookie, std::nullopt);
    EXPECT_EQ(again.messages().size(), 1U);
}

// T18
TEST(Stream, ResumedWithNothingNewItSaysNothingAndSendsNoCookie) {
    Slapd slapd;
    slapd.add_person("jean");
    Cookie cookie;
    {
        Recorder stream(config_for(slapd));
        stream.end_of_refresh();
        cookie = stream.cookie();
    }
    Recorder again(config_for(slapd), from(cookie));
    const RefreshMessage end = again.end_of_refresh();
    EXPECT_EQ(end.cookie, std::nullopt);
    EXPECT_FALSE(end.present_phase);
    EXPECT_EQ(again.messages().size(), 1U);
}

// What happened while nobody listened, said again at the next start.
class Absence : public ::testing::TestWithParam<bool> {
  protected:
    Absence() : slapd_({.session_log = GetParam()}) {
        for (const char* uid : {"stays", "changes", "leaves", "renamed"}) {
            slapd_.add_person(uid);
        }
        Recorder stream(config_for(slapd_));
        stream.end_of_refresh();
        cookie_ = stream.cookie();
        for (const EntryMessage& entry : stream.entries()) {
            uuids_[value_of(entry, "uid")] = entry.uuid;
        }
    }

    void change() {
        slapd_.admin().replace("uid=changes,ou=people,dc=fr", "sn", {"other"});
        slapd_.admin().replace("uid=changes,ou=people,dc=fr", "sn", {"new"});
        slapd_.admin().remove("uid=leaves,ou=people,dc=fr");
        slapd_.admin().rename("uid=renamed,ou=people,dc=fr", "uid=name");
        slapd_.add_person("comes");
        slapd_.add_person("passes");
        slapd_.admin().remove("uid=passes,ou=people,dc=fr");
    }

    Slapd slapd_;
    Cookie cookie_;
    std::map<std::string, Uuid> uuids_;
};

// T19, T20: with and without session log.
TEST_P(Absence, EndsWithExactlyTheNetDifference) {
    change();
    Recorder stream(config_for(slapd_), from(cookie_));
    const RefreshMessage end = stream.end_of_refresh();
    const bool present_phase = !GetParam();
    EXPECT_EQ(end.present_phase, present_phase);
    EXPECT_TRUE(stream.cookie().has_reached(stream.provider().context_csns));

    std::map<std::string, std::string> sent;
    std::unordered_set<Uuid> named;
    for (const EntryMessage& entry : stream.entries()) {
        EXPECT_EQ(entry.state, EntryState::add);
        sent[value_of(entry, "uid")] = value_of(entry, "sn");
        named.insert(entry.uuid);
    }
    EXPECT_EQ(sent, (std::map<std::string, std::string>{{"changes", "new"}, {"name", "renamed"}, {"comes", "comes"}}));
    EXPECT_TRUE(named.contains(uuids_["renamed"]));
    std::unordered_set<Uuid> gone;
    for (const auto& message : stream.messages()) {
        if (const auto* const set = std::get_if<IdSetMessage>(&message)) {
            (set->refresh_deletes ? gone : named).insert(set->uuids.begin(), set->uuids.end());
        }
    }
    if (present_phase) {
        EXPECT_TRUE(named.contains(uuids_["stays"]));
        EXPECT_FALSE(named.contains(uuids_["leaves"]));
        EXPECT_TRUE(gone.empty());
    } else {
        EXPECT_TRUE(gone.contains(uuids_["leaves"]));
        EXPECT_FALSE(gone.contains(uuids_["stays"]));
    }
}

// T43: in the middle of persist the server goes and comes back.
TEST_P(Absence, OfTheServerIsNoticedAndResumedFrom) {
    Recorder stream(config_for(slapd_), from(cookie_));
    stream.end_of_refresh();
    slapd_.stop();
    EXPECT_EQ(stream.next<DisconnectedMessage>().error_class, ldap::ErrorClass::transient);
    slapd_.start();
    change();
    Recorder again(config_for(slapd_), from(cookie_));
    again.end_of_refresh();
    EXPECT_EQ(again.entries().size(), 3U);
}

INSTANTIATE_TEST_SUITE_P(SessionLog, Absence, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "WithSessionLog" : "WithoutSessionLog"; });

}  // namespace
}  // namespace entstream::producer::sync
