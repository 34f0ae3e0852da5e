#include "common/model/topics.hpp"

#include <gtest/gtest.h>

namespace entstream {
namespace {

const Uuid parent = *Uuid::from_text("0f8fad5b-d9cb-469f-a165-70867728950e");
const ValueHash value = *Uuid::from_text("7c9e6679-7425-40de-944b-e07fc1f90ae7");

TEST(Keys, EntryKeysAreReadableAndReadBack) {
    EXPECT_EQ(user_key(parent), "user/0f8fad5b-d9cb-469f-a165-70867728950e");
    EXPECT_EQ(role_key(parent), "role/0f8fad5b-d9cb-469f-a165-70867728950e");
    ParsedKey parsed;
    ASSERT_TRUE(parse_key(group_key(parent), parsed));
    EXPECT_EQ(parsed.kind, KeyKind::group);
    EXPECT_EQ(parsed.uuid, parent);
}

TEST(Keys, MemberKeyNamesParentAndValue) {
    const std::string key = member_key(parent, value);
    EXPECT_EQ(key, "member/0f8fad5b-d9cb-469f-a165-70867728950e/7c9e6679742540de944be07fc1f90ae7");
    ParsedKey parsed;
    ASSERT_TRUE(parse_key(key, parsed));
    EXPECT_EQ(parsed.kind, KeyKind::member);
    EXPECT_EQ(parsed.uuid, parent);
    EXPECT_EQ(parsed.value, value);
}

TEST(Keys, ForeignKeysAreRefused) {
    ParsedKey parsed;
    for (const char* key : {"", "user/", "user/zz", "member/0f8fad5b-d9cb-469f-a165-70867728950e", "meta/unknown",
                            "member/0f8fad5b-d9cb-469f-a165-70867728950e/7C9E6679742540DE944BE07FC1F90AE7"}) {
        EXPECT_FALSE(parse_key(key, parsed)) << key;
    }
}

TEST(Topics, NamesCarryPrefixAndSource) {
    const Topics topics = Topics::of("entstream", "rennes");
    EXPECT_EQ(topics.changes, "entstream.rennes.changes");
    EXPECT_EQ(topics.state, "entstream.rennes.state");
    EXPECT_EQ(topics.control, "entstream.rennes.control");
}

TEST(Uuid, NamesGiveTheSameIdentityEverywhere) {
    EXPECT_EQ(Uuid::from_name("cohort/2026_4EME1"), Uuid::from_name("cohort/2026_4EME1"));
    EXPECT_NE(Uuid::from_name("a"), Uuid::from_name("b"));
    EXPECT_EQ(Uuid::from_text(parent.to_text()), parent);
    EXPECT_EQ(Uuid::from_bytes(parent.to_bytes()), parent);
    EXPECT_EQ(Uuid::from_bytes("short"), std::nullopt);
}

TEST(Uuid, IsReadFromItsTextOnly) {
    const std::string text = "0f8fad5b-d9cb-469f-a165-70867728950e";
    EXPECT_EQ(Uuid::from_text(text)->to_text(), text);
    EXPECT_EQ(Uuid::from_text("0F8FAD5B-D9CB-469F-A165-70867728950E")->to_text(), text) << "any case";
    EXPECT_EQ(Uuid::from_text(text)->octets.front(), 0x0f);
    EXPECT_EQ(Uuid::from_text(text)->octets.back(), 0x0e);
    EXPECT_EQ(Uuid().to_text(), "00000000-0000-0000-0000-000000000000");
    for (const char* const wrong : {"", "0f8fad5b-d9cb-469f-a165-70867728950", "0f8fad5b-d9cb-469f-a165-70867728950e0",
                                    "0f8fad5bd9cb469fa16570867728950e", "0f8fad5b-d9cb-469f-a165+70867728950e",
                                    "0f8fad5bd-9cb-469f-a165-70867728950e", "0f8fad5b-d9cb-469f-a165-70867728950g",
                                    "{f8fad5b-d9cb-469f-a165-7086772895}", "0f8fad5b-d9cb-469f-a165-7086772895 0"}) {
        EXPECT_FALSE(Uuid::from_text(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace entstream
