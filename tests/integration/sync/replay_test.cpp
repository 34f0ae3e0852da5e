// Octets of other providers, and of providers that break the protocol, played to the reading thread.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "producer/sync/protocol.hpp"
#include "tests/integration/sync/recorder.hpp"
#include "tests/integration/sync/replayed_provider.hpp"

namespace entstream::producer::sync {
namespace {

using metrics::UnreadableReason;
using test::done_message;
using test::entry_message;
using test::flag;
using test::info_message;
using test::Recorder;
using test::reference_message;
using test::ReplayedProvider;
using test::state_value;
using test::tlv;
using test::value_of;
using ::testing::HasSubstr;

const Uuid uuid_a = *Uuid::from_text("0f8fad5b-d9cb-469f-a165-70867728950e");
const Uuid uuid_b = *Uuid::from_text("7c9e6679-7425-40de-944b-e07fc1f90ae7");
const std::string opaque = "ds.ent.fr:389#cn=sync,dc=fr:ou=people,dc=fr:(uid=*)#";

const std::string end_of_refresh = info_message(tlv(0xa1, ""));

ProducerConfig config_for(const ReplayedProvider& provider) {
    ProducerConfig config;
    config.ldap.uri = provider.uri();
    config.probe_interval = std::chrono::hours(1);
    config.searches = {{.name = "users",
                        .kind = EntryKind::user,
                        .base = "ou=people,dc=fr",
                        .scope = Scope::subtree,
                        .filter = "(uid=*)",
                        .attributes = {"uid"},
                        .member_attribute = ""}};
    return config;
}

// T54: what 389-ds says in a refresh, in persist, and to a cookie that is not its own.
TEST(Replay, AProviderWithOpaqueCookiesIsUnderstood) {
    ReplayedProvider provider({
        entry_message("a", state_value(EntryState::add, uuid_a)),
        info_message(tlv(0xa1, tlv(0x04, opaque + "5"))),
        entry_message("b", state_value(EntryState::modify, uuid_b, opaque + "6")),
        info_message(tlv(0xa3, tlv(0x04, opaque + "7") + flag(0x0a, true) +
                                   tlv(0x31, tlv(0x04, uuid_a.to_bytes()) + tlv(0x04, uuid_b.to_bytes())))),
    });
    Recorder stream(config_for(provider), {"rid=000"});
    EXPECT_EQ(stream.end_of_refresh().cookie, opaque + "5");
    EXPECT_EQ(provider.request(), encode_sync_request("rid=000"));
    EXPECT_EQ(value_of(stream.entries().at(0), "uid"), "a");
    const auto set = stream.next<IdSetMessage>();
    EXPECT_TRUE(set.refresh_deletes);
    EXPECT_EQ(set.uuids, (std::vector<Uuid>{uuid_a, uuid_b}));
    EXPECT_EQ(stream.cookie().text(), opaque + "6");
    EXPECT_TRUE(stream.provider().context_csns.empty());
}

TEST(Replay, TheEndOfASearchCarriesItsFlagAndCookie) {
    ReplayedProvider provider({done_message(0, tlv(0x30, tlv(0x04, opaque + "8") + flag(0x0a, true)))});
    Recorder stream(config_for(provider));
    const auto done = stream.next<DoneMessage>();
    EXPECT_EQ(done.refresh_deletes, true);
    EXPECT_EQ(done.cookie, opaque + "8");
    stream.next<DisconnectedMessage>();
}

TEST(Replay, AForeignCookieIsAnsweredWithRefreshRequired) {
    ReplayedProvider provider({done_message(LDAP_SYNC_REFRESH_REQUIRED)});
    Recorder stream(config_for(provider), {opaque + "1"});
    const auto done = stream.next<DoneMessage>();
    EXPECT_EQ(done.result_code, LDAP_SYNC_REFRESH_REQUIRED);
    EXPECT_EQ(done.refresh_deletes, std::nullopt);
    EXPECT_EQ(stream.next<DisconnectedMessage>().error_class, ldap::ErrorClass::transient);
}

// A server that stops in the middle of a message is as silent as one that says nothing.
TEST(Replay, APartOfAMessageIsNotWaitedForWithoutEnd) {
    ReplayedProvider provider({entry_message("a", state_value(EntryState::add, uuid_a)), ReplayedProvider::cut});
    ProducerConfig config = config_for(provider);
    config.probe_interval = std::chrono::milliseconds(10);
    config.ldap.timeout = std::chrono::milliseconds(300);
    Recorder stream(config);
    EXPECT_THAT(stream.next<DisconnectedMessage>().why, HasSubstr("silent"));
    EXPECT_EQ(stream.entries().size(), 1U);
}

// T55: deletions first, then what is present.
TEST(Replay, ARefreshMayHaveTwoPhases) {
    ReplayedProvider provider({
        info_message(tlv(0xa3, flag(0x01, true) + tlv(0x31, tlv(0x04, uuid_b.to_bytes())))),
        info_message(tlv(0xa1, tlv(0x04, "rid=000") + flag(0x01, false))),
        entry_message("a", state_value(EntryState::present, uuid_a)),
        info_message(tlv(0xa2, flag(0x01, true))),
        entry_message("b", state_value(EntryState::remove, uuid_b)),
    });
    Recorder stream(config_for(provider));
    const auto first = stream.next<RefreshMessage>();
    EXPECT_FALSE(first.done);
    EXPECT_FALSE(first.present_phase);
    EXPECT_EQ(stream.next<EntryMessage>().state, EntryState::present);
    const auto second = stream.next<RefreshMessage>();
    EXPECT_TRUE(second.done);
    EXPECT_TRUE(second.present_phase);
    EXPECT_EQ(stream.next<EntryMessage>().state, EntryState::remove);
}

TEST(Replay, ReferencesToOtherServersAreIgnored) {
    ReplayedProvider provider({reference_message(), entry_message("a", state_value(EntryState::add, uuid_a)),
                               reference_message(), end_of_refresh});
    Recorder stream(config_for(provider));
    stream.end_of_refresh();
    EXPECT_EQ(stream.messages().size(), 2U);
}

// T56
struct Broken {
    const char* name;
    std::vector<std::string> script;
    const char* why;
    metrics::UnreadableReason reason;
};

class BrokenProtocol : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenProtocol, EndsTheSessionAndTheMessageIsNotPassedOn) {
    ReplayedProvider provider(GetParam().script);
    Recorder stream(config_for(provider));
    const auto end = stream.next<DisconnectedMessage>();
    EXPECT_THAT(end.why, HasSubstr("broke the Content Sync protocol"));
    EXPECT_THAT(end.why, HasSubstr(GetParam().why));
    EXPECT_EQ(end.unreadable, GetParam().reason);
    EXPECT_EQ(end.error_class, ldap::ErrorClass::transient);
    EXPECT_TRUE(stream.entries().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Replay, BrokenProtocol,
    ::testing::Values(
        Broken{"EntryWithoutControl",
               {entry_message("a", "")},
               "without Sync State Control",
               UnreadableReason::no_sync_state},
        Broken{"ShortUuid",
               {entry_message("a", tlv(0x30, tlv(0x0a, "\x01") + tlv(0x04, uuid_a.to_bytes().substr(1))))},
               "16 octets",
               UnreadableReason::sync_state},
        Broken{"UnknownState",
               {entry_message("a", state_value(static_cast<EntryState>(4), uuid_a))},
               "unknown state",
               UnreadableReason::sync_state},
        Broken{"SecondEndOfRefresh", {end_of_refresh, end_of_refresh}, "ended before", UnreadableReason::order},
        Broken{
            "TruncatedIdSet",
            {info_message(tlv(0xa3, tlv(0x31, tlv(0x04, uuid_a.to_bytes()) + tlv(0x04, uuid_b.to_bytes().substr(3)))))},
            "syncIdSet",
            UnreadableReason::sync_info},
        Broken{"EmptyInfo", {info_message("")}, "Sync Info Message", UnreadableReason::sync_info},
        Broken{"MalformedDone",
               {done_message(0, tlv(0x30, tlv(0x04, "rid") + "\x01"))},
               "Sync Done Control",
               UnreadableReason::sync_done}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace entstream::producer::sync
