#include "bench/entgen/ldif_writer.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <stdexcept>
#include <string>

#include "tests/unit/entgen/ldif_reader.hpp"

namespace entstream::entgen {
namespace {

using namespace std::string_literals;

std::string written(std::string_view value) {
    std::ostringstream out;
    LdifWriter writer(&out);
    writer.begin("dc=x");
    writer.attribute("cn", value);
    writer.end();
    writer.flush();
    return out.str();
}

TEST(LdifWriter, PlainValueStaysReadable) {
    EXPECT_EQ(written("4EME (NC 4E AES)"), "dn: dc=x\ncn: 4EME (NC 4E AES)\n\n");
    EXPECT_EQ(written("a:b <c>"), "dn: dc=x\ncn: a:b <c>\n\n");
}

TEST(LdifWriter, EmptyValueHasNoSpaceAndNoBase64) {
    EXPECT_EQ(written(""), "dn: dc=x\ncn:\n\n");
}

TEST(LdifWriter, Base64WhereRfc2849DemandsIt) {
    EXPECT_EQ(written("É"), "dn: dc=x\ncn:: w4k=\n\n");
    for (const std::string& value :
         {" leading"s, ":colon"s, "<less"s, "trailing "s, "line\nfeed"s, "return\r"s, "nul\0"s, "\xff"s}) {
        EXPECT_FALSE(is_ldif_safe(value)) << value;
    }
    for (const std::string& value : {"inner space"s, "in:ner"s, "in<ner"s, "#number"s, R"(\, "quoted")"s}) {
        EXPECT_TRUE(is_ldif_safe(value)) << value;
    }
}

TEST(LdifWriter, EveryValueIsReadBackUnchanged) {
    for (const std::string& value : {""s, "plain"s, " leading"s, "trailing "s, ":colon"s, "<less"s, "Élève à l'école"s,
                                     "line\nfeed"s, "a\0b"s, "\xff\xfe\xfd"s, "ab"s, "abcd é"s}) {
        const auto entries = read_ldif(written(value));
        ASSERT_EQ(entries.size(), 1U);
        EXPECT_EQ(entries[0].first("cn"), value);
    }
}

TEST(LdifWriter, Base64OfRfc4648) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foob"), "Zm9vYg==");
    EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(LdifWriter, EntryUuidFollowsFromSeedAndDn) {
    const auto uuid = [](std::uint64_t seed, const std::string& dn) {
        std::ostringstream out;
        LdifWriter writer(&out, seed);
        writer.begin(dn);
        writer.end();
        writer.flush();
        return read_ldif(out.str()).at(0).first("entryUUID");
    };
    EXPECT_EQ(uuid(1, "dc=x"), uuid(1, "dc=x"));
    EXPECT_NE(uuid(1, "dc=x"), uuid(2, "dc=x"));
    EXPECT_NE(uuid(1, "dc=x"), uuid(1, "dc=y"));
    EXPECT_EQ(uuid(1, "dc=x").size(), 36U);
    EXPECT_EQ(uuid(1, "dc=x").at(14), '4');  // version
    EXPECT_TRUE(read_ldif(written("x")).at(0).first("entryUUID").empty());
}

TEST(LdifWriter, FullDiskIsAnError) {
    std::ostringstream out;
    LdifWriter writer(&out);
    writer.begin("dc=x");
    writer.end();
    out.setstate(std::ios::badbit);
    EXPECT_THROW(writer.flush(), std::runtime_error);
}

TEST(LdifWriter, WithoutAStreamItCounts) {
    LdifWriter writer(nullptr);
    for (int i = 0; i < 3; ++i) {
        writer.begin("dc=x");
        writer.end();
    }
    writer.flush();
    EXPECT_EQ(writer.entries(), 3);
}

}  // namespace
}  // namespace entstream::entgen
