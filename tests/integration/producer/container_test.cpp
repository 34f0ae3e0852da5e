// Containers that no search shows, as in the sample configuration: searches for people below ou=people. The provider
// tells nobody what a rename, or a move over the border of the base, means for the people in them (syncrepl.md, R8, R9,
// T07 to T09, T13 to T16).

#include <algorithm>
#include <functional>

#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

enum class Seen { while_it_runs, by_session_log, by_present_list };

class Container : public ProducerTest, public ::testing::WithParamInterface<Seen> {
  protected:
    void SetUp() override {
        unit("elsewhere", base_);
        add_people();
        add_group("g", {at("k1", "ou=a,ou=people"), at("k2", "ou=sub,ou=a,ou=people")});
        prepare();
        start();
        await_streaming();
        log().rest();
    }
    virtual void add_people() {
        unit("a", "ou=people," + base_);
        unit("sub", "ou=a,ou=people," + base_);
        person("k1", "ou=a,ou=people");
        person("k2", "ou=sub,ou=a,ou=people");
        person("stays", "ou=people");
    }
    virtual void prepare() {}

    [[nodiscard]] std::string config_text() const override {
        std::string text = ProducerTest::config_text();
        const std::string base = "base = \"" + base_ + '"';
        text.replace(text.find(base), base.size(), "base = \"ou=people," + base_ + '"');
        return text + more_searches_;
    }
    static std::string search(const std::string& name, const std::string& base, const std::string& scope) {
        return "\n[[search]]\nname = \"" + name + "\"\nkind = \"user\"\nbase = \"" + base + "\"\nscope = \"" + scope +
               "\"\nfilter = \"(objectClass=inetOrgPerson)\"\nattributes = [\"uid\"]\n";
    }

    void unit(const std::string& name, const std::string& parent) {
        directory_.add("ou=" + name + ',' + parent, {{"objectClass", {"organizationalUnit"}}, {"ou", {name}}});
    }
    [[nodiscard]] std::string at(const std::string& name, const std::string& parent) const {
        return "uid=" + name + ',' + parent + ',' + base_;
    }
    void person(const std::string& name, const std::string& parent) {
        directory_.add(at(name, parent),
                       {{"objectClass", {"inetOrgPerson"}}, {"uid", {name}}, {"cn", {name}}, {"sn", {"x"}}});
    }

    /// Does it while the producer runs, or while it is down.
    void happens(const std::function<void()>& change) {
        if (GetParam() == Seen::while_it_runs) {
            change();
            return;
        }
        stop();
        change();
        if (GetParam() == Seen::by_present_list) {
            servers().restart("ldap");
            directory_ = DirectoryClient(info_.ldap_uri, info_.ldap_admin_dn, info_.ldap_admin_password);
        }
        start();
        await_streaming();
    }

    /// Waits until the log has these users with these DNs. \returns the records until then
    std::vector<std::string> await_users(const std::map<std::string, std::string>& expected) {
        std::vector<std::string> all;
        std::map<std::string, std::string> found;
        EXPECT_TRUE(wait_until([&] {
            const auto more = log().rest();
            all.insert(all.end(), more.begin(), more.end());
            found.clear();
            for (const auto& [name, user] : log().users()) {
                found[name] = user.dn;
            }
            return found == expected;
        })) << program_->err();
        EXPECT_EQ(found, expected);
        EXPECT_LE(log().most_creates(), 1);
        return all;
    }

    static std::ptrdiff_t count(const std::vector<std::string>& events, const std::string& start) {
        return std::count_if(events.begin(), events.end(),
                             [&](const std::string& event) { return event.starts_with(start); });
    }

    std::string more_searches_;
};

INSTANTIATE_TEST_SUITE_P(Seen, Container,
                         ::testing::Values(Seen::while_it_runs, Seen::by_session_log, Seen::by_present_list),
                         [](const auto& mode) {
                             return mode.param == Seen::while_it_runs    ? "WhileItRuns"
                                    : mode.param == Seen::by_session_log ? "BySessionLog"
                                                                         : "ByPresentList";
                         });

TEST_P(Container, IsRenamed) {
    happens([this] { directory_.rename("ou=a,ou=people," + base_, "ou=b"); });
    const auto events = await_users({{"k1", at("k1", "ou=b,ou=people")},
                                     {"k2", at("k2", "ou=sub,ou=b,ou=people")},
                                     {"stays", at("stays", "ou=people")}});
    EXPECT_EQ(count(events, "update user k1 was uid=k1,ou=a,ou=people"), 1);
    EXPECT_EQ(count(events, "delete"), 0);
    EXPECT_EQ(log().members()["g"], (std::set<std::string>{"k1", "k2"}));

    // The containers below it are known by their new names.
    happens([this] { directory_.rename("ou=sub,ou=b,ou=people," + base_, "ou=later"); });
    await_users({{"k1", at("k1", "ou=b,ou=people")},
                 {"k2", at("k2", "ou=later,ou=b,ou=people")},
                 {"stays", at("stays", "ou=people")}});
}

TEST_P(Container, IsMovedOutOfTheBaseAndBack) {
    happens([this] { directory_.rename("ou=a,ou=people," + base_, "ou=a", "ou=elsewhere," + base_); });
    EXPECT_EQ(count(await_users({{"stays", at("stays", "ou=people")}}), "delete user"), 2);

    happens([this] { directory_.rename("ou=a,ou=elsewhere," + base_, "ou=back", "ou=people," + base_); });
    const auto events = await_users({{"k1", at("k1", "ou=back,ou=people")},
                                     {"k2", at("k2", "ou=sub,ou=back,ou=people")},
                                     {"stays", at("stays", "ou=people")}});
    EXPECT_EQ(count(events, "create user"), 2);

    happens([this] { directory_.rename("ou=sub,ou=back,ou=people," + base_, "ou=later"); });
    await_users({{"k1", at("k1", "ou=back,ou=people")},
                 {"k2", at("k2", "ou=later,ou=back,ou=people")},
                 {"stays", at("stays", "ou=people")}});
}

TEST_P(Container, IsReplacedByAnotherOneOfItsName) {
    happens([this] {
        directory_.rename("ou=a,ou=people," + base_, "ou=former");
        unit("a", "ou=people," + base_);
        person("heir", "ou=a,ou=people");
    });
    await_users({{"k1", at("k1", "ou=former,ou=people")},
                 {"k2", at("k2", "ou=sub,ou=former,ou=people")},
                 {"heir", at("heir", "ou=a,ou=people")},
                 {"stays", at("stays", "ou=people")}});
}

TEST_P(Container, IsDeletedAfterItsContent) {
    happens([this] {
        directory_.remove(at("k2", "ou=sub,ou=a,ou=people"));
        directory_.remove("ou=sub,ou=a,ou=people," + base_);
    });
    await_users({{"k1", at("k1", "ou=a,ou=people")}, {"stays", at("stays", "ou=people")}});
}

TEST_P(Container, OneIsMovedOutOfItBeforeItIsRenamed) {
    happens([this] {
        directory_.rename(at("k1", "ou=a,ou=people"), "uid=k1", "ou=people," + base_);
        directory_.rename("ou=a,ou=people," + base_, "ou=b");
    });
    await_users({{"k1", at("k1", "ou=people")},
                 {"k2", at("k2", "ou=sub,ou=b,ou=people")},
                 {"stays", at("stays", "ou=people")}});
}

/// A second search of the same kind.
class ContainerOfTwoBases : public Container {
  protected:
    void prepare() override { more_searches_ = search("others", "ou=elsewhere," + base_, "subtree"); }
};

INSTANTIATE_TEST_SUITE_P(Seen, ContainerOfTwoBases,
                         ::testing::Values(Seen::while_it_runs, Seen::by_session_log, Seen::by_present_list),
                         [](const auto& mode) { return "Mode" + std::to_string(static_cast<int>(mode.param)); });

TEST_P(ContainerOfTwoBases, IsMovedFromOneToTheOther) {
    happens([this] { directory_.rename("ou=a,ou=people," + base_, "ou=a", "ou=elsewhere," + base_); });
    const auto events = await_users({{"k1", at("k1", "ou=a,ou=elsewhere")},
                                     {"k2", at("k2", "ou=sub,ou=a,ou=elsewhere")},
                                     {"stays", at("stays", "ou=people")}});
    EXPECT_EQ(count(events, "delete"), 0) << "an update, not a deletion";
    EXPECT_EQ(log().members()["g"], (std::set<std::string>{"k1", "k2"}));

    // The first search does not hold them any more: when the second one loses them, they are gone.
    happens([this] { directory_.rename("ou=a,ou=elsewhere," + base_, "ou=a", base_); });
    await_users({{"stays", at("stays", "ou=people")}});
}

/// A base inside the other one's, of one level.
class ContainerOfOverlappingBases : public Container {
  protected:
    void prepare() override { more_searches_ = search("level", "ou=a,ou=people," + base_, "one"); }
};

INSTANTIATE_TEST_SUITE_P(Seen, ContainerOfOverlappingBases,
                         ::testing::Values(Seen::while_it_runs, Seen::by_session_log, Seen::by_present_list),
                         [](const auto& mode) { return "Mode" + std::to_string(static_cast<int>(mode.param)); });

TEST_P(ContainerOfOverlappingBases, IsRenamedWithinBoth) {
    happens([this] { directory_.rename("ou=sub,ou=a,ou=people," + base_, "ou=sup"); });
    await_users({{"k1", at("k1", "ou=a,ou=people")},
                 {"k2", at("k2", "ou=sup,ou=a,ou=people")},
                 {"stays", at("stays", "ou=people")}});
    happens([this] { directory_.rename("ou=sup,ou=a,ou=people," + base_, "ou=sup", "ou=people," + base_); });
    await_users({{"k1", at("k1", "ou=a,ou=people")},
                 {"k2", at("k2", "ou=sup,ou=people")},
                 {"stays", at("stays", "ou=people")}});
}

/// Many people in one container, and a producer that dies while it follows its rename.
class ContainerAndCrash : public Container {
  protected:
    void add_people() override {
        unit("a", "ou=people," + base_);
        unit("sub", "ou=a,ou=people," + base_);
        for (int i = 0; i < 1500; ++i) {
            person("k" + std::to_string(i), "ou=a,ou=people");
        }
    }
};

INSTANTIATE_TEST_SUITE_P(Seen, ContainerAndCrash, ::testing::Values(Seen::while_it_runs),
                         [](const auto&) { return "WhileItRuns"; });

TEST_P(ContainerAndCrash, IsRenamed) {
    stop();
    more_config_ = "transaction_records = 10\n";
    start();
    await_streaming();
    directory_.rename("ou=a,ou=people," + base_, "ou=b");
    ASSERT_TRUE(wait_until([this] { return !log().rest().empty(); }));
    kill();
    start();
    await_streaming();
    std::map<std::string, std::string> expected;
    for (int i = 0; i < 1500; ++i) {
        expected["k" + std::to_string(i)] = at("k" + std::to_string(i), "ou=b,ou=people");
    }
    await_users(expected);
}

}  // namespace
}  // namespace entstream::test
