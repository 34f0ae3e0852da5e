#include "common/ldap/filter.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace entstream::ldap {
namespace {

class FilterTest : public testing::Test {
  protected:
    FilterTest() {
        add("objectClass", {"inetOrgPerson", "ENTPerson", "ENTEleve"});
        add("uid", {"E24a0001"});
        add("sn", {"LEF\xC3\x88VRE"});  // LEFÈVRE
        add("cn", {"4EME (NC 4E AES)*"});
        add("l", {"PONT  SUR LANDE "});
        add("ENTEleveClasses", {"ENTStructureUAI=0359001U,ou=structures,dc=fr$4EME1"});
        add("age", {"14"});
        add("balance", {"-5"});
        add("createTimestamp", {"20260901080000Z"});
        add("photo", {"\xFF\xFE"});
        add("empty", {});
    }

    void add(const std::string& name, const std::vector<std::string>& values) {
        v1::Attribute* attribute = attributes_.Add();
        attribute->set_name(name);
        for (const std::string& value : values) {
            attribute->add_values(value);
        }
    }

    [[nodiscard]] bool matches(const std::string& text) const {
        const auto filter = Filter::parse(text);
        EXPECT_TRUE(filter.has_value()) << text << ": " << (filter ? "" : filter.error().to_text());
        return filter && filter->matches(AfterImage(attributes_));
    }

  private:
    AfterImage::Attributes attributes_;
};

TEST_F(FilterTest, MatchesAsADirectoryWould) {
    const std::vector<std::pair<std::string, bool>> cases = {
        {"(objectClass=*)", true},
        {"(OBJECTCLASS=enteleve)", true},
        {"(objectClass=ENTAuxEnseignant)", false},
        {"(mail=*)", false},
        {"(empty=*)", false},
        {"(&(objectClass=ENTEleve)(uid=e24A0001))", true},
        {"(&(objectClass=ENTEleve)(uid=other))", false},
        {"(|(uid=other)(uid=E24a0001))", true},
        {"(|(uid=other)(uid=another))", false},
        {"(!(uid=other))", true},
        {"(!(uid=E24a0001))", false},
        {"(!(mail=someone@example.fr))", true},
        {"(&)", true},
        {"(|)", false},
        {"(sn=lef\xC3\xA8vre)", true},  // lefèvre
        {"(sn=lefevre)", false},
        {R"((sn=LEF\c3\88VRE))", true},
        {R"((cn=4eme \28NC 4E AES\29\2a))", true},
        {R"((cn=4eme \28NC 4E AES\29*))", true},
        {"(l=Pont sur Lande)", true},
        {"(ENTEleveClasses=*=0359001U,*)", true},
        {"(ENTEleveClasses=*=0359002V,*)", false},
        {"(uid=E24*01)", true},
        {"(uid=*0001)", true},
        {"(uid=*000)", false},
        {"(uid=24*)", false},
        {"(uid=*a*0*0*)", true},
        {"(uid=*0*a*)", false},
        {"(uid=E24a0001*E24a0001)", false},
        {"(age>=9)", true},
        {"(age>=014)", true},
        {"(age>=15)", false},
        {"(age<=100)", true},
        {"(age>=-3)", true},
        {"(age<=-3)", false},
        {"(balance>=-10)", true},
        {"(balance<=-10)", false},
        {"(balance<=-005)", true},
        {"(createTimestamp>=20260101000000Z)", true},
        {"(createTimestamp<=20260101000000Z)", false},
        {"(uid~=E24a0001)", true},
        {R"((photo=\ff\fe))", true},
        {R"((photo=\fe\ff))", false},
        {"(& (uid=E24a0001)\n  (age=14) )", true},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_EQ(matches(text), expected) << text;
    }
}

TEST(FilterParse, RefusalNamesThePlace) {
    struct Case {
        const char* text;
        std::size_t position;
        const char* reason;
    };
    const std::vector<Case> cases = {
        {"", 0, "ends where a '('"},
        {"uid=x", 0, "a '(' must stand here"},
        {"(uid=x", 6, "')' is missing"},
        {"(uid=x))", 7, "more text"},
        {"(=x)", 1, "name of an attribute"},
        {"(uid)", 4, "must follow 'uid'"},
        {"(uid=a(b)", 6, "\\28"},
        {"(uid=a\\zz)", 6, "two hexadecimal digits"},
        {"(&(uid=a)(sn=b)", 15, "')' is missing"},
        {"(&(uid=a)sn=b)", 9, "a ')' must stand here"},
        {"(!uid=a)", 2, "a '(' must stand here"},
        {"(age>=1*)", 7, "'*' has no meaning"},
        {"(cn:dn=x)", 3, ":="},
        {"(:=x)", 1, "matching rule"},
    };
    for (const Case& expected : cases) {
        const auto filter = Filter::parse(expected.text);
        ASSERT_FALSE(filter.has_value()) << expected.text;
        EXPECT_EQ(filter.error().position, expected.position) << expected.text << ": " << filter.error().to_text();
        EXPECT_NE(filter.error().reason.find(expected.reason), std::string::npos) << filter.error().to_text();
    }
}

TEST(FilterParse, DeepNestingIsRefusedNotFollowed) {
    std::string text;
    for (int i = 0; i < 100000; ++i) {
        text += "(!";
    }
    EXPECT_FALSE(Filter::parse(text).has_value());
}

TEST(FilterParse, ExtensibleMatchIsLeftToTheServer) {
    const auto server_only = Filter::parse("(&(uid=x)(memberOf:1.2.840.113556.1.4.1941:=cn=staff,dc=fr))");
    ASSERT_TRUE(server_only.has_value());
    EXPECT_FALSE(server_only->can_be_evaluated());
    EXPECT_TRUE(Filter::parse("(!(&(uid=x)(sn=y)))")->can_be_evaluated());
}

TEST(FilterParse, AttributesAreListedOnce) {
    const auto filter = Filter::parse("(&(objectClass=a)(|(UID=b)(uid=c*))(!(objectclass=d))(ENTPersonJointure>=e))");
    ASSERT_TRUE(filter.has_value());
    EXPECT_EQ(filter->attributes(), (std::vector<std::string>{"objectClass", "UID", "ENTPersonJointure"}));
}

}  // namespace
}  // namespace entstream::ldap
