#include "producer/sync/side_reader.hpp"

#include <gmock/gmock.h>

#include <set>

#include "tests/integration/sync/recorder.hpp"
#include "tests/integration/sync/slapd.hpp"

namespace entstream::producer::sync {
namespace {

using test::config_for;
using test::group_search;
using test::Recorder;
using test::Slapd;
using test::value_of;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(SideReader, EntriesAreAsInTheStream) {
    Slapd slapd;
    slapd.add_person("jean");
    slapd.add_group("g", {"uid=jean,ou=people,dc=fr", "uid=paul,ou=people,dc=fr"});
    ProducerConfig config = config_for(slapd);
    config.searches.push_back(group_search());
    Recorder stream(config);
    stream.end_of_refresh(1);
    SideReader side(config);
    for (const EntryMessage& entry : stream.entries()) {
        for (const auto& read : {side.read_dn(entry.search, entry.dn), side.read_uuid(entry.search, entry.uuid)}) {
            ASSERT_TRUE(read);
            EXPECT_EQ(read->search, entry.search);
            EXPECT_EQ(read->state, EntryState::add);
            EXPECT_EQ(read->uuid, entry.uuid);
            EXPECT_EQ(read->dn, entry.dn);
            EXPECT_EQ(read->attributes, entry.attributes);
        }
    }
    EXPECT_EQ(find_attribute(side.read_dn(1, "CN=G, ou=groups,dc=fr")->attributes, "member")->values.size(), 2U);
}

TEST(SideReader, SeesOnlyWhatItsSearchSees) {
    Slapd slapd;
    slapd.add_person("jean", "staff");
    slapd.add_person("paul", "student");
    slapd.admin().add("ou=x,ou=people,dc=fr", {{"objectClass", {"organizationalUnit"}}, {"ou", {"x"}}});
    slapd.add_person("anne", "staff", "ou=x,ou=people,dc=fr");
    slapd.add_person("luc", "staff", "ou=roles,dc=fr");
    ProducerConfig config = config_for(slapd);
    config.searches[0].filter = "employeeType=staff";
    SideReader subtree(config);
    EXPECT_TRUE(subtree.read_dn(0, "uid=jean,ou=people,dc=fr"));
    EXPECT_TRUE(subtree.read_dn(0, "uid=anne,ou=x,ou=people,dc=fr"));
    EXPECT_FALSE(subtree.read_dn(0, "uid=paul,ou=people,dc=fr"));  // filter
    EXPECT_FALSE(subtree.read_dn(0, "uid=luc,ou=roles,dc=fr"));    // base
    EXPECT_FALSE(subtree.read_dn(0, "uid=nobody,ou=people,dc=fr"));
    EXPECT_FALSE(subtree.read_dn(0, "nonsense"));
    EXPECT_FALSE(subtree.read_uuid(0, Uuid::random()));
    const auto uuid_of = [&slapd](const std::string& uid) {
        return *Uuid::from_text(
            slapd.admin().find(Slapd::suffix, "(uid=" + uid + ")", {"entryUUID"}).at(0).values[0][0]);
    };
    EXPECT_TRUE(subtree.read_uuid(0, uuid_of("jean")));
    EXPECT_FALSE(subtree.read_uuid(0, uuid_of("paul")));
    EXPECT_FALSE(subtree.read_uuid(0, uuid_of("luc")));

    config.searches[0].scope = Scope::one_level;
    SideReader one_level(config);
    EXPECT_TRUE(one_level.read_dn(0, "uid=jean,ou=people,dc=fr"));
    EXPECT_FALSE(one_level.read_dn(0, "uid=anne,ou=x,ou=people,dc=fr"));
    EXPECT_FALSE(one_level.read_uuid(0, uuid_of("anne")));
}

TEST(SideReader, WithoutTheBaseThereIsNoAnswer) {
    Slapd slapd;
    slapd.add_person("jean");
    const ProducerConfig config = config_for(slapd);
    SideReader side(config);
    slapd.admin().rename("ou=people,dc=fr", "ou=persons");
    const auto expect_error = [](const auto& question) {
        try {
            question();
            ADD_FAILURE() << "an answer";
        } catch (const ldap::LdapError& error) {
            const std::string text = error.what();
            EXPECT_NE(text.find("ou=people,dc=fr"), std::string::npos) << text;
            EXPECT_NE(text.find("rename it back"), std::string::npos) << text;
        }
    };
    expect_error([&] { side.read_uuid(0, Uuid::random()); });
    expect_error([&] { side.read_dn(0, "ou=People,dc=fr"); });
    expect_error([&] { side.read_below(0, "dc=fr", [](const EntryMessage&) {}); });
    slapd.admin().rename("ou=persons,dc=fr", "ou=people");
    EXPECT_TRUE(side.read_dn(0, "uid=jean,ou=people,dc=fr"));
}

class SideReaderBelow : public ::testing::Test {
  protected:
    SideReaderBelow() {
        slapd_.admin().add("ou=x,ou=people,dc=fr", {{"objectClass", {"organizationalUnit"}}, {"ou", {"x"}}});
        slapd_.add_person("top", "staff");
        slapd_.add_person("in", "staff", "ou=x,ou=people,dc=fr");
        slapd_.add_person("student", "student", "ou=x,ou=people,dc=fr");
        slapd_.add_person("deep", "staff", "uid=in,ou=x,ou=people,dc=fr");
        slapd_.add_person("out", "staff", "ou=roles,dc=fr");
        config_ = config_for(slapd_);
        config_.searches[0].filter = "(employeeType=staff)";
    }

    std::set<std::string> below(const std::string& dn) {
        std::set<std::string> result;
        SideReader(config_).read_below(0, dn,
                                       [&](const EntryMessage& entry) { result.insert(value_of(entry, "uid")); });
        return result;
    }

    Slapd slapd_;
    ProducerConfig config_;
    using Uids = std::set<std::string>;
};

TEST_F(SideReaderBelow, GivesDescendantsWithinTheSearch) {
    EXPECT_EQ(below("OU=X, ou=people,dc=fr"), (Uids{"in", "deep"}));
    EXPECT_EQ(below("uid=in,ou=x,ou=people,dc=fr"), Uids{"deep"});
    EXPECT_EQ(below("uid=deep,uid=in,ou=x,ou=people,dc=fr"), Uids{});
    EXPECT_EQ(below("dc=fr"), (Uids{"top", "in", "deep"}));
    EXPECT_EQ(below("ou=roles,dc=fr"), Uids{});
    EXPECT_EQ(below("ou=nowhere,ou=people,dc=fr"), Uids{});
    config_.searches[0].scope = Scope::one_level;
    EXPECT_EQ(below("ou=people,dc=fr"), Uids{"top"});
    EXPECT_EQ(below("ou=x,ou=people,dc=fr"), Uids{});
    config_.searches[0].scope = Scope::base;
    config_.searches[0].base = "uid=top,ou=people,dc=fr";
    EXPECT_EQ(below("ou=people,dc=fr"), Uids{"top"});
    EXPECT_EQ(below("uid=top,ou=people,dc=fr"), Uids{});
}

TEST_F(SideReaderBelow, LeavesTheRestWhenTheCallerHasEnough) {
    SideReader side(config_);
    EXPECT_THROW(side.read_below(0, "dc=fr", [](const EntryMessage&) { throw std::runtime_error("enough"); }),
                 std::runtime_error);
    EXPECT_TRUE(side.read_dn(0, "uid=top,ou=people,dc=fr"));
}

TEST(SideReader, ConnectsAgainAfterARestartOfTheServer) {
    Slapd slapd;
    slapd.add_person("jean");
    SideReader side(config_for(slapd));
    EXPECT_TRUE(side.read_dn(0, "uid=jean,ou=people,dc=fr"));
    slapd.stop();
    slapd.start();
    EXPECT_TRUE(side.read_dn(0, "uid=jean,ou=people,dc=fr"));
    slapd.stop();
    EXPECT_THROW(side.read_dn(0, "uid=jean,ou=people,dc=fr"), ldap::LdapError);
}

TEST(SideReader, HungServerIsATimeout) {
    Slapd slapd;
    ProducerConfig config = config_for(slapd);
    config.ldap.timeout = std::chrono::milliseconds(300);
    SideReader side(config);
    EXPECT_FALSE(side.read_dn(0, "uid=jean,ou=people,dc=fr"));
    slapd.freeze();
    try {
        side.read_dn(0, "uid=jean,ou=people,dc=fr");
        FAIL() << "a frozen server answered";
    } catch (const ldap::LdapError& error) {
        EXPECT_EQ(error.result_code(), LDAP_TIMEOUT);
    }
}

TEST(SideReader, AnErrorNamesTheSearchAndNobody) {
    Slapd slapd;
    ProducerConfig config = config_for(slapd);
    config.searches[0].filter = "(uid=*";
    SideReader side(config);
    try {
        side.read_dn(0, "uid=jean,ou=people,dc=fr");
        FAIL() << "a search that cannot be sent";
    } catch (const ldap::LdapError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("search \"users\""), Not(HasSubstr("jean"))));
    }
}

TEST(SideReader, CutAnswersAreErrors) {
    Slapd slapd({.lines = {"sizelimit 3"}});
    for (const char* uid : {"a", "b", "c", "d"}) {
        slapd.add_person(uid);
    }
    SideReader side(config_for(slapd));
    try {
        side.read_below(0, "ou=people,dc=fr", [](const EntryMessage&) {});
        FAIL() << "a part was taken for the whole";
    } catch (const ldap::LdapError& error) {
        EXPECT_EQ(error.result_code(), LDAP_SIZELIMIT_EXCEEDED);
    }
}

}  // namespace
}  // namespace entstream::producer::sync
