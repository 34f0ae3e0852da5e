// The stream while everything runs.

#include <algorithm>
#include <chrono>

#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using Events = std::vector<std::string>;

class Stream : public ProducerTest {
  protected:
    void SetUp() override {
        for (const char* name : {"eva", "max", "ida"}) {
            add_user(name);
        }
        add_group("g", {user_dn("eva"), user_dn("max")});
    }

    void stream() {
        start();
        await_streaming();
        events();
    }
};

TEST_F(Stream, EveryChangeIsPublishedOnce) {
    stream();
    add_user("new");
    directory_.replace(user_dn("new"), "sn", {"other"});
    directory_.replace(user_dn("new"), "sn", {"other"});
    directory_.replace(user_dn("new"), "description", {"not published"});
    directory_.rename(user_dn("new"), "uid=newer");
    remove_user("newer");
    EXPECT_EQ(events(), (Events{"create user new", "update user new [sn]",
                                "update user newer [uid] was uid=new,ou=people", "delete user newer"}));
    expect_log_equals_directory();
}

TEST_F(Stream, GroupsChangeByTheMember) {
    stream();
    directory_.add_value(group_dn("g"), "member", user_dn("ida"));
    directory_.remove_value(group_dn("g"), "member", user_dn("eva"));
    EXPECT_EQ(events(), (Events{"create member g ida", "delete member g eva"}));
    directory_.remove(group_dn("g"));
    EXPECT_EQ(events(), (Events{"delete group g", "tombstone", "tombstone"}));
    expect_log_equals_directory();
}

TEST_F(Stream, MembersWaitForTheirUser) {
    directory_.add_value(group_dn("g"), "member", user_dn("late"));
    stream();
    add_user("late");
    EXPECT_EQ(events(), (Events{"create user late", "update member g late"}));
    expect_log_equals_directory();
}

TEST_F(Stream, ARenamedUserStaysInItsGroup) {
    stream();
    directory_.rename(user_dn("eva"), "uid=eve");
    EXPECT_EQ(events(), (Events{"update user eve [uid] was uid=eva,ou=people"}));
    EXPECT_EQ(log().members()["g"], (std::set<std::string>{"eve", "max"}));
    directory_.remove_value(group_dn("g"), "member", user_dn("eva"));
    directory_.add_value(group_dn("g"), "member", user_dn("eve"));
    events();
    expect_log_equals_directory();
}

TEST_F(Stream, WhoeverIsAddedAtADnThatAGroupListsIsItsMember) {
    stream();
    remove_user("eva");
    add_user("eva");
    EXPECT_EQ(log().until("update member g eva"), (Events{"delete user eva", "create user eva"}));
    expect_log_equals_directory();
    directory_.replace(group_dn("g"), "member", {user_dn("eva"), user_dn("max")});
    EXPECT_EQ(events(), Events{}) << "the same list again";
}

TEST_F(Stream, SwappedUidsSwapTheGroups) {
    add_group("h", {user_dn("ida")});
    stream();
    directory_.rename(user_dn("eva"), "uid=tmp");
    directory_.rename(user_dn("ida"), "uid=eva");
    directory_.rename("uid=tmp,ou=people," + base_, "uid=ida");
    events();
    expect_log_equals_directory();
}

TEST_F(Stream, ABacklogOfOnePersonAddedDeletedAndAddedAgainLosesNoMembership) {
    add_group("h", {user_dn("max")});
    stream();
    program_->signal(SIGSTOP);
    directory_.add_value(group_dn("g"), "member", user_dn("d"));
    add_user("d", "first");
    remove_user("d");
    add_user("d", "second");
    program_->signal(SIGCONT);
    events();
    directory_.add_value(group_dn("h"), "member", user_dn("d"));
    events();
    expect_log_equals_directory();
    EXPECT_EQ(log().users()["d"].sn, "second");
}

TEST_F(Stream, ASubtreeIsRenamedAsAWhole) {
    users_filter_ = "(|(objectClass=inetOrgPerson)(objectClass=organizationalUnit))";
    stream();
    directory_.rename("ou=people," + base_, "ou=persons");
    directory_.add("ou=people," + base_, {{"objectClass", {"organizationalUnit"}}, {"ou", {"people"}}});
    directory_.replace("uid=eva,ou=persons," + base_, "sn", {"later"});
    const Events all = events();
    EXPECT_EQ(std::count(all.begin(), all.end(), "update user max was uid=max,ou=people"), 1);
    EXPECT_EQ(std::count(all.begin(), all.end(), "update user ida was uid=ida,ou=people"), 1);
    EXPECT_EQ(log().users()["eva"], (LogView::User{.dn = "uid=eva,ou=persons," + base_, .sn = "later"}));
    EXPECT_EQ(log().members()["g"], (std::set<std::string>{"eva", "max"}));
    EXPECT_EQ(log().most_creates(), 1);
}

TEST_F(Stream, AContainerThatNoSearchShowsIsRenamed) {
    stream();
    directory_.rename("ou=people," + base_, "ou=persons");
    directory_.add("ou=people," + base_, {{"objectClass", {"organizationalUnit"}}, {"ou", {"people"}}});
    ASSERT_TRUE(wait_until([&] {
        log().rest();
        return log().users()["ida"].dn == "uid=ida,ou=persons," + base_;
    }));
    directory_.add_value(group_dn("g"), "member", "uid=ida,ou=persons," + base_);
    events();
    EXPECT_EQ(log().members()["g"], (std::set<std::string>{"eva", "max", "ida"}));
}

// The provider says that the base left, and nothing of what is below it.
TEST_F(Stream, RenamingTheBaseOfASearchRemovesNothing) {
    users_filter_ = "(objectClass=*)";
    more_config_ = "reconnect_most = \"1s\"\n";
    stream();
    directory_.rename(base_, "ou=elsewhere");
    ASSERT_TRUE(wait_until([&] { return program_->err().find("rename it back") != std::string::npos; }))
        << program_->err();
    EXPECT_NE(program_->err().find("its base \"" + base_), std::string::npos) << program_->err();
    EXPECT_EQ(log().rest(), Events{});
    directory_.rename("ou=elsewhere," + info_.ldap_base, base_.substr(0, base_.find(',')));
    await_streaming();
    EXPECT_EQ(events(), Events{});
    expect_log_equals_directory();
}

TEST_F(Stream, ASlapdThatRestartsIsFollowedOn) {
    stream();
    servers().restart("ldap");
    await_streaming();
    directory_ = DirectoryClient(info_.ldap_uri, info_.ldap_admin_dn, info_.ldap_admin_password);
    add_user("after");
    EXPECT_EQ(events(), Events{"create user after"});
    expect_log_equals_directory();
}

TEST_F(Stream, AKafkaThatRestartsIsFollowedOn) {
    stream();
    servers().kill("kafka");
    add_user("meanwhile");
    servers().start("kafka");
    add_user("after");
    const Events all = events();
    EXPECT_EQ(all, (Events{"create user meanwhile", "create user after"}));
    expect_log_equals_directory();
}

TEST_F(Stream, TheWatermarkFollowsTheDirectory) {
    stream();
    remove_user("ida");  // the search for groups hears nothing of it
    const auto removed = std::chrono::system_clock::now();
    EXPECT_TRUE(wait_until([&] {
        log().rest();
        return log().watermark() > removed;
    }));
    EXPECT_EQ(log().users().count("ida"), 0U);
}

}  // namespace
}  // namespace entstream::test
