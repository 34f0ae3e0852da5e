// T24, T54 to T56, T58: answers that no provider at hand gives, played to the program octet by octet.

#include <fmt/format.h>
#include <ldap.h>

#include "producer/sync/protocol.hpp"
#include "tests/conformance/conformance_fixture.hpp"
#include "tests/integration/sync/replayed_provider.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using producer::sync::encode_sync_request;
using producer::sync::EntryState;

const Uuid uuid_of_a = *Uuid::from_text("0f8fad5b-d9cb-469f-a165-70867728950a");
const Uuid uuid_of_b = *Uuid::from_text("0f8fad5b-d9cb-469f-a165-70867728950b");
const Uuid uuid_of_c = *Uuid::from_text("0f8fad5b-d9cb-469f-a165-70867728950c");
const Uuid uuid_of_d = *Uuid::from_text("0f8fad5b-d9cb-469f-a165-70867728950d");

constexpr int enumerated = 0x0a;  // what 389-ds writes for a BOOLEAN
constexpr int boolean = 0x01;
const std::string of_389 = "ds.ent.fr:389#cn=sync,dc=fr:ou=people,dc=fr:(uid=*)#";

std::string csn_cookie(int number) {
    return fmt::format("rid=000,csn=20260101000000.00000{}Z#000000#000#000000", number);
}

std::string added(const char* uid, const Uuid& uuid) {
    return entry_message(uid, state_value(EntryState::add, uuid));
}

std::string octets_of(std::initializer_list<Uuid> uuids) {
    std::string result;
    for (const Uuid& uuid : uuids) {
        result += tlv(0x04, uuid.to_bytes());
    }
    return tlv(0x31, result);
}

std::string refresh_deleted(const std::string& cookie) {
    return info_message(tlv(0xa1, tlv(0x04, cookie)));
}

/// The provider has no more to say in this session.
std::string end_of_session() {
    return done_message(LDAP_BUSY);
}

class Replayed : public Conformance {
  protected:
    void TearDown() override { program_.reset(); }  // before the provider, which waits for it

    [[nodiscard]] std::string config_text() const override {
        return fmt::format(R"toml(source = "{}"

[producer]
reconnect_first = "20ms"
reconnect_most = "50ms"
probe_interval = "1h"

[ldap]
uri = "{}"

[kafka]
bootstrap_servers = "{}"
replication_factor = 1

[[search]]
name = "users"
kind = "user"
base = "ou=people,dc=fr"
scope = "one"  # of a subtree the containers would be watched too, by a search that the scripts do not know
filter = "(uid=*)"
attributes = ["uid"]
)toml",
                           source_, provider_->uri(), info_.kafka_bootstrap);
    }

    /// The program follows a provider whose first session is this one.
    void start_with(ReplayedProvider::Script first, std::vector<ReplayedProvider::Script> next) {
        base_ = "dc=fr";
        provider_ = std::make_unique<ReplayedProvider>(std::move(first));
        for (auto& script : next) {
            provider_->then(std::move(script));
        }
        start();
    }

    /// All lines, once the program has asked for the `count`th time.
    Lines after_requests(std::size_t count) {
        EXPECT_TRUE(wait_until([&] { return provider_->requests().size() >= count; })) << program_->err();
        log().read();
        return log().take();
    }

    [[nodiscard]] static std::string line(const std::string& name) {
        return fmt::format("create user {0} uid={0},ou=people {{uid={0}}}", name);
    }
    [[nodiscard]] static std::string removed(const std::string& name, const std::string& reason) {
        return fmt::format("delete user {0} uid={0},ou=people ({1})", name, reason);
    }

    std::unique_ptr<ReplayedProvider> provider_;
};

TEST_F(Replayed, T24_RefreshRequiredLeadsToDifferencesOnly) {
    start_with({added("a", uuid_of_a), added("b", uuid_of_b), refresh_deleted(csn_cookie(1)), end_of_session()},
               {{done_message(LDAP_SYNC_REFRESH_REQUIRED)},
                {added("b", uuid_of_b), added("c", uuid_of_c), refresh_deleted(csn_cookie(2)), end_of_session()}});
    EXPECT_EQ(after_requests(4), (Lines{line("a"), line("b"), line("c"), removed("a", "absent from refresh")}));
    EXPECT_EQ(provider_->requests(),
              (std::vector<std::string>{encode_sync_request(std::nullopt), encode_sync_request(csn_cookie(1)),
                                        encode_sync_request(std::nullopt), encode_sync_request(csn_cookie(2))}));
}

TEST_F(Replayed, T54_CookiesAndFlagsOf389AreUnderstood) {
    start_with(
        {added("a", uuid_of_a), refresh_deleted(of_389 + "5"),
         entry_message("b", state_value(EntryState::modify, uuid_of_b, of_389 + "6")),
         info_message(tlv(0xa3, tlv(0x04, of_389 + "7") + flag(enumerated, true) + octets_of({uuid_of_a, uuid_of_c}))),
         end_of_session()},
        {});
    EXPECT_EQ(after_requests(2), (Lines{line("a"), line("b"), removed("a", "deleted or filtered")}));
    EXPECT_EQ(provider_->request(), encode_sync_request(of_389 + "7")) << "a cookie replaces the one before as a whole";
    EXPECT_EQ(stored().cookie(), of_389 + "7");
    EXPECT_EQ(stored().cookie_kind(), v1::COOKIE_KIND_OPAQUE);
}

TEST_F(Replayed, T54_NothingChangedInTheWayOf389RemovesNothing) {
    const std::string nothing_changed =
        done_message(LDAP_SUCCESS, tlv(0x30, tlv(0x04, of_389 + "5") + flag(boolean, false)));
    start_with({added("a", uuid_of_a), added("b", uuid_of_b), refresh_deleted(of_389 + "5"), end_of_session()},
               {{nothing_changed}, {done_message(LDAP_SUCCESS, tlv(0x30, flag(boolean, false)))}});
    EXPECT_EQ(after_requests(4), (Lines{line("a"), line("b")}));
}

TEST_F(Replayed, T55_ARefreshOfTwoPhases) {
    start_with({added("a", uuid_of_a), added("b", uuid_of_b), added("c", uuid_of_c), refresh_deleted(csn_cookie(1)),
                end_of_session()},
               {{info_message(tlv(0xa3, flag(boolean, true) + octets_of({uuid_of_b}))),
                 info_message(tlv(0xa1, tlv(0x04, csn_cookie(1)) + flag(boolean, false))),
                 entry_message("a", state_value(EntryState::present, uuid_of_a)), added("d", uuid_of_d),
                 info_message(tlv(0xa2, tlv(0x04, csn_cookie(2)) + flag(boolean, true))), end_of_session()}});
    Lines lines = after_requests(3);
    std::sort(lines.begin(), lines.end());
    EXPECT_EQ(lines, (Lines{line("a"), line("b"), line("c"), line("d"), removed("b", "deleted or filtered"),
                            removed("c", "absent from refresh")}));
    EXPECT_EQ(provider_->request(), encode_sync_request(csn_cookie(2)));
}

TEST_F(Replayed, T56_WhatBreaksTheProtocolIsNotApplied) {
    const std::string short_uuid =
        tlv(0x30, tlv(0x0a, "\x01") + tlv(0x04, uuid_of_c.to_bytes().substr(1)) + tlv(0x04, csn_cookie(9)));
    const std::string truncated =
        tlv(0xa3, flag(boolean, true) +
                      tlv(0x31, tlv(0x04, uuid_of_a.to_bytes()) + tlv(0x04, uuid_of_b.to_bytes().substr(3))));
    start_with({added("a", uuid_of_a), added("b", uuid_of_b), refresh_deleted(csn_cookie(1)), end_of_session()},
               {{entry_message("c", short_uuid)},
                {entry_message("c", "")},
                {refresh_deleted(csn_cookie(1)), info_message(tlv(0xa2, tlv(0x04, csn_cookie(9))))},
                {info_message(truncated)},
                {added("d", uuid_of_d), refresh_deleted(csn_cookie(2)), end_of_session()}});
    EXPECT_EQ(after_requests(7), (Lines{line("a"), line("b"), line("d")}));
    std::vector<std::string> expected = {encode_sync_request(std::nullopt)};
    expected.insert(expected.end(), 5, encode_sync_request(csn_cookie(1)));
    expected.push_back(encode_sync_request(csn_cookie(2)));
    EXPECT_EQ(provider_->requests(), expected);
    EXPECT_TRUE(said("16 octets")) << program_->err();
    EXPECT_TRUE(said("without Sync State Control")) << program_->err();
    EXPECT_TRUE(said("ended before")) << program_->err();
    EXPECT_TRUE(said("syncIdSet")) << program_->err();
}

TEST_F(Replayed, T58_AnEmptyAnswerRemovesNothingThatASecondReadShows) {
    start_with({added("a", uuid_of_a), added("b", uuid_of_b), refresh_deleted(csn_cookie(1)), end_of_session()},
               {{info_message(tlv(0xa2, tlv(0x04, csn_cookie(2)))), end_of_session()},
                {added("a", uuid_of_a), added("b", uuid_of_b), refresh_deleted(csn_cookie(2)), end_of_session()}});
    EXPECT_EQ(after_requests(4), (Lines{line("a"), line("b")}));
    EXPECT_EQ(provider_->requests().at(2), encode_sync_request(std::nullopt));
    EXPECT_TRUE(said("read again before they are removed")) << program_->err();
}

TEST_F(Replayed, T58_AnEmptyAnswerCountsWhenASecondReadAgrees) {
    start_with({added("a", uuid_of_a), added("b", uuid_of_b), refresh_deleted(csn_cookie(1)), end_of_session()},
               {{info_message(tlv(0xa2, tlv(0x04, csn_cookie(2)))), end_of_session()},
                {refresh_deleted(csn_cookie(2)), end_of_session()}});
    Lines lines = after_requests(4);
    std::sort(lines.begin(), lines.end());
    EXPECT_EQ(lines,
              (Lines{line("a"), line("b"), removed("a", "absent from refresh"), removed("b", "absent from refresh")}));
}

}  // namespace
}  // namespace entstream::test
