#include "common/ldap/dn.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

namespace entstream::ldap {
namespace {

std::string normal(std::string_view dn) {
    return normalise_dn(dn).value_or("(not a DN)");
}

TEST(NormaliseDn, CaseAndInsignificantSpacesDisappear) {
    EXPECT_EQ(normal("UID=Jean.Dupont,OU=People,DC=Ent,DC=fr"), "uid=jean.dupont,ou=people,dc=ent,dc=fr");
    EXPECT_EQ(normal("  cn = 4EME   A  ,  ou=groups , dc=fr "), "cn=4eme a,ou=groups,dc=fr");
    EXPECT_EQ(normal("cn=\\20 a \\20,dc=fr"), "cn=a,dc=fr");
}

TEST(NormaliseDn, EveryWayToEscapeGivesTheSameName) {
    const std::string expected = "cn=dupont\\2c jean,ou=people,dc=fr";
    EXPECT_EQ(normal("cn=Dupont\\, Jean,ou=people,dc=fr"), expected);
    EXPECT_EQ(normal("cn=Dupont\\2C Jean,ou=people,dc=fr"), expected);
    EXPECT_EQ(normal("cn=Dupont\\2c\\20Jean,ou=people,dc=fr"), expected);
    EXPECT_EQ(normal("cn=\\41\\64a,dc=fr"), "cn=ada,dc=fr");
    EXPECT_EQ(normal("cn=a\\+b\\=c\\<d\\>e\\;f\\#\\\\\\\",dc=fr"), "cn=a\\2bb\\3dc\\3cd\\3ee\\3bf\\23\\5c\\22,dc=fr");
    EXPECT_EQ(normal("cn=a=b,dc=fr"), normal("cn=a\\=b,dc=fr"));
}

TEST(NormaliseDn, AccentsFoldWhetherComposedEscapedOrCapital) {
    const std::string expected = "cn=\xc3\xa9l\xc3\xa8ve,dc=fr";  // élève
    EXPECT_EQ(normal("cn=\xc3\xa9l\xc3\xa8ve,dc=fr"), expected);
    EXPECT_EQ(normal("cn=\xc3\x89L\xc3\x88VE,dc=fr"), expected);
    EXPECT_EQ(normal("cn=\\C3\\89l\\c3\\a8ve,dc=fr"), expected);
    EXPECT_EQ(normal("cn=e\xcc\x81le\xcc\x80ve,dc=fr"), expected);        // combining accents
    EXPECT_EQ(normal("cn=a\xc2\xa0\xc2\xa0\x62,dc=fr"), "cn=a b,dc=fr");  // no-break spaces
    EXPECT_NE(normal("cn=eleve,dc=fr"), expected);
    EXPECT_EQ(normal("cn=\xc5\x92uvre,dc=fr"), "cn=\xc5\x93uvre,dc=fr");  // Œ, œ: not oe
}

TEST(NormaliseDn, PairsOfAMultiValuedRdnHaveNoOrder) {
    EXPECT_EQ(normal("uid=x+cn=Y,dc=fr"), "cn=y+uid=x,dc=fr");
    EXPECT_EQ(normal("CN=y + UID=X,dc=fr"), "cn=y+uid=x,dc=fr");
    EXPECT_NE(normal("cn=y\\+uid=x,dc=fr"), "cn=y+uid=x,dc=fr");
}

TEST(NormaliseDn, TypesHaveOneName) {
    EXPECT_EQ(normal("commonName=a,organizationalUnitName=b,domainComponent=fr"), "cn=a,ou=b,dc=fr");
    EXPECT_EQ(normal("2.5.4.3=a,2.5.4.11=b,0.9.2342.19200300.100.1.25=fr"), "cn=a,ou=b,dc=fr");
    EXPECT_EQ(normal("userID=\\61,dc=fr"), "uid=a,dc=fr");
    EXPECT_EQ(normal("1.2.3.4=#04024869,dc=fr"), "1.2.3.4=#04024869,dc=fr");
}

TEST(NormaliseDn, TheEmptyDnIsEmpty) {
    EXPECT_EQ(normalise_dn(""), "");
    EXPECT_EQ(normal("cn=,dc=fr"), "cn=,dc=fr");
}

TEST(NormaliseDn, WhatIsNoDnIsRefused) {
    for (const char* text : {"jean", "cn", "=a", "cn=a,", "cn=a,,dc=fr", "cn=a,dc", "cn=a\\", "cn=a\\4", ",cn=a",
                             "cn=\xc3,dc=fr", "cn=a,b,dc=fr", "c n=a", R"(cn="a, b",dc=fr)"}) {
        EXPECT_EQ(normalise_dn(text), std::nullopt) << text;
    }
    EXPECT_EQ(normalise_dn(std::string_view("cn=a\0b", 6)), std::nullopt);
}

// A name that needs the full parser and one that does not, otherwise the same.
TEST(NormaliseDn, PlainAndFullParserAgree) {
    constexpr std::string_view alphabet = "abzABZ019 .-_@'()/:!*&$%?[]{}|~^`  ";
    constexpr std::array types = {"uid", "CN", "ou", "dc", "x-Own", "userId", "organizationalUnitName", "street"};
    std::mt19937 random(20261122);  // NOLINT(bugprone-random-generator-seed,cert-msc51-cpp): the same names each time
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    for (int i = 0; i < 20000; ++i) {
        std::string plain;
        std::string escaped;
        const std::size_t rdns = 1 + below(4);
        for (std::size_t rdn = 0; rdn < rdns; ++rdn) {
            const std::string start = std::string(rdn == 0        ? ""
                                                  : below(2) == 0 ? ","
                                                                  : " , ") +
                                      types.at(below(types.size())) + (below(3) == 0 ? " = " : "=");
            plain += start + "q";
            escaped += start + "\\51";  // Q
            for (std::size_t length = below(12); length > 0; --length) {
                const char c = alphabet[below(alphabet.size())];
                plain += c;
                escaped += c;
            }
        }
        ASSERT_NE(normalise_dn(plain), std::nullopt) << plain;
        ASSERT_EQ(normalise_dn(plain), normalise_dn(escaped)) << plain;
        ASSERT_EQ(normalise_dn(*normalise_dn(plain)), normalise_dn(plain)) << plain;
    }
}

TEST(NormaliseDn, TheCanonicalSpellingIsItsOwn) {
    for (const char* dn : {R"(cn=a\, b\+c\22\0a,dc=fr)", "uid=x+cn=\xc3\x89,dc=fr", "cn=\xe3\x8e\x85,dc=fr",
                           R"(cn=\#a,dc=fr)", "1.2.3.4=#04024869"}) {
        const std::string once = normal(dn);
        EXPECT_EQ(normal(once), once);
    }
}

TEST(Dn, ParentAndDescendants) {
    const std::string dn = normal("uid=a\\,b,ou=x,dc=fr");
    EXPECT_EQ(parent(dn), "ou=x,dc=fr");
    EXPECT_EQ(parent("dc=fr"), "");
    EXPECT_TRUE(is_below(dn, "ou=x,dc=fr"));
    EXPECT_TRUE(is_below(dn, "dc=fr"));
    EXPECT_TRUE(is_below(dn, ""));
    EXPECT_FALSE(is_below("dc=fr", "dc=fr"));
    EXPECT_FALSE(is_below("dc=fr", "ou=x,dc=fr"));
    EXPECT_FALSE(is_below("xou=x,dc=fr", "ou=x,dc=fr"));
    EXPECT_FALSE(is_below("", ""));
}

// The hash stands in record keys: these values may never change.
TEST(Dn, HashesAreForEver) {
    EXPECT_EQ(hash128("uid=jean.dupont,ou=people,dc=ent,dc=fr").to_text(), "9fc7a630-87dc-ef80-0da9-e36b06e0f062");
    EXPECT_EQ(hash128("").to_text(), "99aa06d3-0147-98d8-6001-c324468d497f");
}

}  // namespace
}  // namespace entstream::ldap
