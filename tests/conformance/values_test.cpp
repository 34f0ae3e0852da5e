// T45, T57: large groups, and values of every kind.

#include <fmt/format.h>

#include "tests/conformance/conformance_fixture.hpp"

namespace entstream::test {
namespace {

constexpr int members_of_big_group = 50000;

std::string many_people() {
    std::string ldif;
    for (int i = 0; i < members_of_big_group; ++i) {
        ldif +=
            fmt::format("dn: uid=p{0},ou=people,dc=fr\nobjectClass: inetOrgPerson\nuid: p{0}\ncn: p{0}\nsn: x\n\n", i);
    }
    return ldif;
}

class BigGroup : public OwnSlapd, public Conformance {
  protected:
    BigGroup()
        : OwnSlapd({.lines = {"limits dn.exact=cn=reader,dc=fr size=unlimited"}}, many_people()), Conformance(slapd_) {
        users_base_ = Slapd::suffix;
    }

    static std::string dn_of(int number) { return fmt::format("uid=p{},ou=people,dc=fr", number); }
};

TEST_F(BigGroup, T45_OneMemberMoreOrLessIsOneRecord) {
    std::vector<std::string> members;
    for (int i = 1; i < members_of_big_group; ++i) {
        members.push_back(dn_of(i));
    }
    add_group("big", members);
    EXPECT_EQ(stream().size(), 2 * members_of_big_group) << "everybody, the group, and all but one as members";
    directory_.add_value(group_dn("big"), "member", dn_of(0));
    EXPECT_EQ(published(), Lines{"create member big p0"});
    directory_.remove_value(group_dn("big"), "member", dn_of(7));
    EXPECT_EQ(published(), Lines{"delete member big p7"});
}

using Values = std::map<std::string, std::vector<std::string>>;

TEST_F(Conformance, T57_ValuesOfEveryKindComeAsTheyAre) {
    user_attributes_ = {"uid",       "sn",          "description",     "description;lang-de",
                        "jpegPhoto", "displayName", "telephoneNumber", "userCertificate;binary",
                        "audio"};
    std::string octets;
    for (int octet = 0; octet < 256; ++octet) {
        octets += static_cast<char>(octet);
    }
    // A certificate is checked for its form: an outer SEQUENCE with a SEQUENCE in it is not enough, so one of openssl.
    constexpr const char* make =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=t -keyout /dev/null -outform DER -out \"$1\" "
        "2>/dev/null && cat \"$1\"";
    const Exit made = Process::run({"sh", "-c", make, "sh", dir_.path() / "certificate.der"});
    ASSERT_EQ(made.status, 0) << made.err;
    const Values values = {{"uid", {"eva"}},
                           {"sn", {"M\xC3\xBCller \xE2\x80\x93 \xF0\x9F\x98\x80"}},
                           {"description", {" leading and trailing ", "second", "<third>: value"}},
                           {"description;lang-de", {"deutsch"}},
                           {"jpegPhoto", {octets, std::string("\0", 1)}},
                           {"displayName", {"\xC3\x89va, \"E\" <e=1> #\\+;"}},
                           {"userCertificate;binary", {made.out}},
                           {"audio", {""}}};
    DirectoryClient::Attributes attributes = {{"objectClass", {"inetOrgPerson"}}, {"cn", {"eva"}}};
    attributes.insert(attributes.end(), values.begin(), values.end());
    directory_.add(user_dn("eva"), attributes);
    stream();
    const auto published_values = [this] {
        Values result;
        for (const v1::Attribute& attribute : log().changes().at(0).attributes()) {
            if (attribute.name() != "createTimestamp") {
                result[attribute.name()] = {attribute.values().begin(), attribute.values().end()};
                std::sort(result[attribute.name()].begin(), result[attribute.name()].end());
            }
        }
        return result;
    };
    Values expected = values;
    for (auto& [name, each] : expected) {
        std::sort(each.begin(), each.end());
    }
    EXPECT_EQ(published_values(), expected);

    directory_.replace(user_dn("eva"), "description", {"<third>: value", " leading and trailing ", "second"});
    await_stored({csn_of(user_dn("eva"))});
    EXPECT_EQ(published(), Lines{}) << "only the order is another one";
    directory_.replace(user_dn("eva"), "description;lang-de", {});
    directory_.replace(user_dn("eva"), "jpegPhoto", {octets});
    published();
    const auto& changes = log().changes();
    std::vector<std::string> changed;
    for (const v1::Change& change : changes) {
        if (change.dn() == user_dn("eva") && change.operation() == v1::OPERATION_UPDATE) {
            changed.insert(changed.end(), change.changed_attributes().begin(), change.changed_attributes().end());
        }
    }
    EXPECT_EQ(changed, (std::vector<std::string>{"description;lang-de", "jpegPhoto"}));
    expect_log_equals_directory();
}

}  // namespace
}  // namespace entstream::test
