#include "producer/sync/protocol.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace entstream::producer::sync {
namespace {

const std::string uuid_hex = "0f8fad5bd9cb469fa16570867728950e";
const std::string uuid_text = "0f8fad5b-d9cb-469f-a165-70867728950e";
const std::string other_hex = "7c9e6679742540de944be07fc1f90ae7";
const std::string other_text = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

// Octets from hex digits; spaces are ignored.
std::string octets(std::string_view hex) {
    std::string digits;
    std::string result;
    for (const char c : hex) {
        if (c != ' ') {
            digits += c;
        }
        if (digits.size() == 2) {
            result += static_cast<char>(std::stoi(digits, nullptr, 16));
            digits.clear();
        }
    }
    return result;
}

TEST(SyncRequest, AsksForPersistWithReloadHint) {
    EXPECT_EQ(encode_sync_request(std::nullopt), octets("30 06 0a0103 0101ff"));
    EXPECT_EQ(encode_sync_request("rid=000"), octets("30 0f 0a0103 0407 7269643d303030 0101ff"));
}

TEST(SyncState, EveryStateDecodes) {
    for (const EntryState state : {EntryState::present, EntryState::add, EntryState::modify, EntryState::remove}) {
        const auto decoded =
            decode_sync_state(octets("3015 0a010" + std::to_string(static_cast<int>(state)) + "0410" + uuid_hex));
        ASSERT_TRUE(decoded) << decoded.error();
        EXPECT_EQ(decoded->state, state);
        EXPECT_EQ(decoded->uuid.to_text(), uuid_text);
        EXPECT_EQ(decoded->cookie, std::nullopt);
    }
}

TEST(SyncState, CookieIsOctets) {
    const auto decoded = decode_sync_state(octets("301b 0a0102 0410" + uuid_hex + "0404 72006400"));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->cookie, std::string("r\0d\0", 4));
}

TEST(SyncState, MalformedValuesAreErrors) {
    for (const char* hex :
         {"", "3000", "3003 0a0101", "3014 0a0101 040f 0f8fad5bd9cb469fa1657086772895",
          "3016 0a0101 0411 0f8fad5bd9cb469fa16570867728950e00", "3015 0a0104 0410 0f8fad5bd9cb469fa16570867728950e",
          "3015 0a01ff 0410 0f8fad5bd9cb469fa16570867728950e", "3015 020101 0410 0f8fad5bd9cb469fa16570867728950e",
          "3015 0a0101 0310 0f8fad5bd9cb469fa16570867728950e", "3115 0a0101 0410 0f8fad5bd9cb469fa16570867728950e",
          "3015 0a0101 0410 0f8fad5bd9cb469fa16570867728950e 0400",
          "3018 0a0101 0410 0f8fad5bd9cb469fa16570867728950e 0101ff"}) {
        EXPECT_FALSE(decode_sync_state(octets(hex))) << hex;
    }
}

TEST(SyncDone, FlagAndCookieAreOptional) {
    EXPECT_FALSE(decode_sync_done(octets("3000"))->refresh_deletes);
    EXPECT_TRUE(decode_sync_done(octets("3003 0101ff"))->refresh_deletes);
    const auto decoded = decode_sync_done(octets("3008 0403 726964 010100"));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->cookie, "rid");
    EXPECT_FALSE(decoded->refresh_deletes);
    for (const char* hex : {"", "30", "3001", "3005 0403 7269", "3003 0102ff", "3004 0101ff 00"}) {
        EXPECT_FALSE(decode_sync_done(octets(hex))) << hex;
    }
}

// 389-ds writes refreshDeletes as ENUMERATED.
TEST(SyncDone, EnumeratedFlagIsAFlag) {
    EXPECT_TRUE(decode_sync_done(octets("3003 0a0101"))->refresh_deletes);
    EXPECT_FALSE(decode_sync_done(octets("3003 0a0100"))->refresh_deletes);
}

TEST(SyncInfo, NewCookie) {
    const auto decoded = decode_sync_info(octets("8007 7269643d303030"));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(std::get<NewCookieMessage>(*decoded).cookie, "rid=000");
}

RefreshMessage refresh(std::string_view hex) {
    return std::get<RefreshMessage>(decode_sync_info(octets(hex)).value());
}

// slapd leaves out refreshDone when it is TRUE.
TEST(SyncInfo, EndOfRefresh) {
    const RefreshMessage done = refresh("a109 0407 7269643d303030");
    EXPECT_FALSE(done.present_phase);
    EXPECT_TRUE(done.done);
    EXPECT_EQ(done.cookie, "rid=000");
    EXPECT_TRUE(refresh("a200").present_phase);
    EXPECT_TRUE(refresh("a200").done);
    EXPECT_EQ(refresh("a200").cookie, std::nullopt);
}

// Two phases: the first ends with refreshDone FALSE.
TEST(SyncInfo, EndOfFirstPhase) {
    EXPECT_FALSE(refresh("a103 010100").done);
    EXPECT_FALSE(refresh("a203 0a0100").done);
    EXPECT_TRUE(refresh("a203 0101ff").done);
    EXPECT_EQ(refresh("a208 0403 726964 010100").cookie, "rid");
}

TEST(SyncInfo, IdSet) {
    const auto decoded = decode_sync_info(octets("a32e 0403 726964 0101ff 3124 0410" + uuid_hex + "0410" + other_hex));
    ASSERT_TRUE(decoded) << decoded.error();
    const auto& set = std::get<IdSetMessage>(*decoded);
    EXPECT_TRUE(set.refresh_deletes);
    EXPECT_EQ(set.cookie, "rid");
    ASSERT_EQ(set.uuids.size(), 2U);
    EXPECT_EQ(set.uuids[0].to_text(), uuid_text);
    EXPECT_EQ(set.uuids[1].to_text(), other_text);
}

TEST(SyncInfo, IdSetOfTheStillPresent) {
    const auto decoded = decode_sync_info(octets("a314 3112 0410" + uuid_hex));
    ASSERT_TRUE(decoded) << decoded.error();
    EXPECT_FALSE(std::get<IdSetMessage>(*decoded).refresh_deletes);
    EXPECT_TRUE(std::get<IdSetMessage>(*decode_sync_info(octets("a302 3100"))).uuids.empty());
}

TEST(SyncInfo, MalformedValuesAreErrors) {
    for (const char* hex : {"", "80", "8005 7269", "8002 726964", "a1", "a103 0101", "a103 0201ff", "a105 0101ff 0500",
                            "a300", "a303 0101ff", "a313 3111 040f 0f8fad5bd9cb469fa1657086772895 00",
                            "a314 3112 0411 0f8fad5bd9cb469fa16570867728950e", "a402 3100", "3000"}) {
        EXPECT_FALSE(decode_sync_info(octets(hex))) << hex;
    }
}

// However a value is cut, it is an error, and nothing is read beyond it.
TEST(Protocol, TruncatedValuesAreErrors) {
    const std::string state = octets("301b 0a0102 0410" + uuid_hex + "0404 72696430");
    const std::string done = octets("3008 0403 726964 0101ff");
    const std::string info = octets("a32e 0403 726964 0101ff 3124 0410" + uuid_hex + "0410" + other_hex);
    for (std::size_t length = 0; length < info.size(); ++length) {
        EXPECT_FALSE(decode_sync_info(std::string_view(info).substr(0, length))) << length;
        EXPECT_FALSE(length < state.size() && decode_sync_state(std::string_view(state).substr(0, length))) << length;
        EXPECT_FALSE(length < done.size() && decode_sync_done(std::string_view(done).substr(0, length))) << length;
    }
    EXPECT_TRUE(decode_sync_state(state) && decode_sync_done(done) && decode_sync_info(info));
}

}  // namespace
}  // namespace entstream::producer::sync
