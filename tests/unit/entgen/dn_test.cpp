#include "bench/entgen/dn.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace entstream::entgen {
namespace {

using namespace std::string_literals;

TEST(EscapeRdnValue, AsInRfc4514) {
    EXPECT_EQ(escape_rdn_value("James \"Jim\" Smith, III"), "James \\\"Jim\\\" Smith\\, III");  // its section 4
    EXPECT_EQ(escape_rdn_value("6THÉÂTRE+CHANT"), "6THÉÂTRE\\+CHANT");
    EXPECT_EQ(escape_rdn_value("a<b>c;d\\e"), "a\\<b\\>c\\;d\\\\e");
    EXPECT_EQ(escape_rdn_value("#hash # inside"), "\\#hash # inside");
    EXPECT_EQ(escape_rdn_value(" both  ends "), "\\ both  ends\\ ");
    EXPECT_EQ(escape_rdn_value("nul\0"s), "nul\\00");
}

TEST(EscapeRdnValue, LeavesAloneWhatIsNotSpecial) {
    EXPECT_EQ(escape_rdn_value("ent:L'ÉTANG NEUF_0359001U:4EME (NC 4E AES)=*"),
              "ent:L'ÉTANG NEUF_0359001U:4EME (NC 4E AES)=*");
}

TEST(Tree, TakesTheNameOfTheBaseEntryFromItsDn) {
    const Tree tree("DC=ent,dc=example,dc=fr");
    EXPECT_EQ(tree.base_attribute, "dc");
    EXPECT_EQ(tree.base_value, "ent");
    EXPECT_EQ(tree.person_dn("f26abcde"), "uid=f26abcde,ou=people,DC=ent,dc=example,dc=fr");
    EXPECT_EQ(Tree("o=region").base_value, "region");
}

TEST(Tree, RefusesABaseThatCannotBeMade) {
    for (const char* base : {"", "ent", "cn=x,dc=fr", "dc=", ",dc=fr", "dc=a\\,b,dc=fr"}) {
        EXPECT_THROW(Tree{base}, std::invalid_argument) << base;
    }
}

}  // namespace
}  // namespace entstream::entgen
