// T08, T09, T18 to T23, T48, T49, T51: what happened while the program was away arrives as its net effect, in whatever
// way the provider tells it.

#include <fmt/format.h>

#include "tests/conformance/conformance_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

/// Without session log: at a reconnect it names what is still there.
Slapd& without_session_log() {
    static Slapd slapd({.session_log = false});
    return slapd;
}

/// One whose session log is too small for the script below.
Slapd& with_small_session_log() {
    static Slapd slapd({.session_log = false, .overlay_lines = {"syncprov-sessionlog 3"}});
    return slapd;
}

/// One that reads what happened from its access log.
Slapd& with_access_log() {
    static Slapd slapd({.session_log = false,
                        .global_lines = {"moduleload accesslog", "database mdb", "suffix cn=accesslog",
                                         "rootdn cn=admin,dc=fr", "directory %DIR%", "maxsize 1073741824", "dbnosync",
                                         "index default eq", "index objectClass,entryCSN,reqStart,reqDN,reqResult"},
                        .lines = {"overlay accesslog", "logdb cn=accesslog", "logops writes", "logsuccess TRUE"},
                        .overlay_lines = {"syncprov-sessionlog-source cn=accesslog"}});
    return slapd;
}

class Reconnect : public Conformance {
  protected:
    using Conformance::Conformance;

    /// Lets a producer publish the entries of before(), then stops it.
    void begin() {
        for (const char* name : {"changes", "leaves", "renamed", "stays"}) {
            add_person(name);
        }
        add_group("g", {user_dn("changes"), user_dn("stays")});
        stream();
        stop();
    }

    void change_everything() {
        directory_.replace(user_dn("changes"), "sn", {"other"});
        remove_user("leaves");
        add_person("comes");
        directory_.replace(user_dn("comes"), "sn", {"later"});
        add_person("passes");
        remove_user("passes");
        directory_.rename(user_dn("renamed"), "uid=name");
        directory_.replace(user_dn("changes"), "sn", {"new"});
        directory_.add_value(group_dn("g"), "member", user_dn("comes"));
    }

    /// \param names_what_is_there  how the provider must have said it
    void expect_net_events(bool names_what_is_there) {
        const std::string reason = names_what_is_there ? "absent from refresh" : "deleted or filtered";
        EXPECT_EQ(sorted_stream(),
                  (Lines{"create member g comes", "create user comes uid=comes,ou=people {sn=later uid=comes}",
                         "delete user leaves uid=leaves,ou=people (" + reason + ")",
                         "update user changes [sn] uid=changes,ou=people {sn=new uid=changes}",
                         R"(update user renamed [uid] uid=name,ou=people was uid=renamed,ou=people {sn=x uid=name})"}));
        expect_answer(names_what_is_there);
        expect_log_equals_directory();
    }

    Lines sorted_stream() {
        start();
        await_streaming();
        return published_sorted();
    }

    void expect_answer(bool names_what_is_there) const {
        EXPECT_FALSE(said("asking for everything")) << program_->err();
        const auto line = program_->err().find("refresh of users ended");
        EXPECT_EQ(program_->err().find(" 0 named as unchanged", line) == std::string::npos, names_what_is_there)
            << program_->err();
    }
};

class ReconnectPresent : public Reconnect {
  protected:
    ReconnectPresent() : Reconnect(without_session_log()) {}
};

class ReconnectSmallLog : public Reconnect {
  protected:
    ReconnectSmallLog() : Reconnect(with_small_session_log()) {}
};

class ReconnectAccessLog : public Reconnect {
  protected:
    ReconnectAccessLog() : Reconnect(with_access_log()) {}
};

class ReconnectForgetful : public OwnSlapd, public Reconnect {
  protected:
    ReconnectForgetful() : Reconnect(slapd_) {}
};

TEST_F(Reconnect, T18_WithNothingChangedPublishesNothingAndKeepsTheCookie) {
    begin();
    start();
    await_streaming();
    await_stored(context_csns(), "users");
    await_stored(context_csns(), "groups");
    stop();
    const std::string cookie = stored().cookie();
    ASSERT_FALSE(cookie.empty());
    start();
    await_streaming();
    EXPECT_FALSE(said("asking for everything")) << program_->err();
    stop();
    EXPECT_EQ(stored().cookie(), cookie);
    log().read();
    EXPECT_EQ(log().take(), Lines{});
}

TEST_F(Reconnect, T19_NetEventsFromASessionLog) {
    begin();
    change_everything();
    expect_net_events(false);
}

TEST_F(ReconnectPresent, T20_NetEventsFromWhatIsPresent) {
    begin();
    change_everything();
    expect_net_events(true);
}

TEST_F(ReconnectSmallLog, T21_NetEventsWhenTheSessionLogHasOverflowed) {
    begin();
    change_everything();
    expect_net_events(true);
}

TEST_F(ReconnectForgetful, T22_NetEventsAfterARestartOfTheProvider) {
    begin();
    change_everything();
    slapd_.stop();
    slapd_.start();
    connect_again();
    expect_net_events(true);
}

TEST_F(ReconnectAccessLog, T23_NetEventsFromAnAccessLog) {
    begin();
    change_everything();
    expect_net_events(false);
}

/// The same with a provider that remembers what was deleted, and with one that does not.
enum class Memory { session_log, none };

class OfflineCase : public Reconnect, public ::testing::WithParamInterface<Memory> {
  protected:
    OfflineCase() : Reconnect(info_of_parameter()) {}

    static ServersInfo info_of_parameter() {
        return GetParam() == Memory::session_log ? ServersInfo::from(servers().environment())
                                                 : info_of(without_session_log());
    }
    static bool names_what_is_there() { return GetParam() == Memory::none; }
    static std::string reason() { return names_what_is_there() ? "absent from refresh" : "deleted or filtered"; }
};

INSTANTIATE_TEST_SUITE_P(Provider, OfflineCase, ::testing::Values(Memory::session_log, Memory::none),
                         [](const auto& test) {
                             return test.param == Memory::session_log ? "SessionLog" : "PresentPhase";
                         });

TEST_P(OfflineCase, T08_AMovedSubtreeTakesItsEntriesAlong) {
    users_filter_ = "(|(objectClass=inetOrgPerson)(ou=x))";
    user_attributes_ = {"uid", "sn", "ou"};
    add_container("x", people());
    add_container("elsewhere");
    add_person("k1", "ou=x," + people());
    add_person("k2", "ou=x," + people());
    add_group("g", {"uid=k1,ou=x," + people()});
    stream();
    stop();
    directory_.rename("ou=x," + people(), "ou=x", "ou=elsewhere," + base_);
    EXPECT_EQ(sorted_stream(), (Lines{"update user k1 uid=k1,ou=x,ou=elsewhere was uid=k1,ou=x,ou=people {sn=x uid=k1}",
                                      "update user k2 uid=k2,ou=x,ou=elsewhere was uid=k2,ou=x,ou=people {sn=x uid=k2}",
                                      "update user x ou=x,ou=elsewhere was ou=x,ou=people {ou=x}"}))
        << "and the membership stays, though the group names the former DN";
    expect_answer(names_what_is_there());
    directory_.replace("uid=k1,ou=x,ou=elsewhere," + base_, "sn", {"later"});
    directory_.replace(group_dn("g"), "member", {"uid=k1,ou=x,ou=elsewhere," + base_});
    EXPECT_EQ(published_sorted(), (Lines{"create member g k1", "delete member g k1",
                                         "update user k1 [sn] uid=k1,ou=x,ou=elsewhere {sn=later uid=k1}"}));
    expect_log_equals_directory();
}

TEST_P(OfflineCase, T09_AnEntryThatLeftASubtreeBeforeItWasRenamed) {
    users_filter_ = "(|(objectClass=inetOrgPerson)(ou=x)(ou=y))";
    user_attributes_ = {"uid", "sn", "ou"};
    add_container("x", people());
    add_person("k1", "ou=x," + people());
    add_person("k2", "ou=x," + people());
    stream();
    stop();
    directory_.rename("uid=k1,ou=x," + people(), "uid=k1", people());
    directory_.rename("ou=x," + people(), "ou=y");
    EXPECT_EQ(sorted_stream(), (Lines{"update user k1 uid=k1,ou=people was uid=k1,ou=x,ou=people {sn=x uid=k1}",
                                      "update user k2 uid=k2,ou=y,ou=people was uid=k2,ou=x,ou=people {sn=x uid=k2}",
                                      "update user x [ou] ou=y,ou=people was ou=x,ou=people {ou=y}"}));
    expect_answer(names_what_is_there());
    expect_log_equals_directory();
}

TEST_P(OfflineCase, T48_AReusedDnIsDeletedBeforeItIsCreated) {
    add_person("tom");
    stream();
    stop();
    remove_user("tom");
    add_person("tom");
    EXPECT_EQ(stream(), (Lines{"delete user tom uid=tom,ou=people (" + reason() + ")",
                               "create user tom' uid=tom,ou=people {sn=x uid=tom}"}));
    expect_answer(names_what_is_there());
    expect_log_equals_directory();
}

TEST_P(OfflineCase, T49_SwappedNamesAreTwoRenames) {
    add_person("a");
    add_person("b");
    stream();
    stop();
    directory_.rename(user_dn("a"), "uid=c");
    directory_.rename(user_dn("b"), "uid=a");
    directory_.rename(user_dn("c"), "uid=b");
    EXPECT_EQ(sorted_stream(), (Lines{"update user a [uid] uid=b,ou=people was uid=a,ou=people {sn=x uid=b}",
                                      "update user b [uid] uid=a,ou=people was uid=b,ou=people {sn=x uid=a}"}));
    expect_answer(names_what_is_there());
    expect_log_equals_directory();
}

TEST_F(Conformance, T51_AnotherFilterIsReadInFullAndRemovesNothing) {
    users_filter_ = "(employeeType=staff)";
    for (const char* name : {"both", "former", "deleted"}) {
        add_person(name, "", {{"employeeType", {"staff"}}});
    }
    directory_.add_value(user_dn("both"), "employeeType", "tutor");
    add_person("new", "", {{"employeeType", {"tutor"}}});
    stream();
    stop();
    remove_user("deleted");
    users_filter_ = "(|(employeeType=tutor)(uid=marker*))";
    EXPECT_EQ(stream(), Lines{"create user new uid=new,ou=people {sn=x uid=new}"});
    EXPECT_TRUE(said("search users: asking for everything")) << program_->err();
    stop();
    users_filter_ = "(|(employeeType=tutor)(employeeType=staff))";
    EXPECT_EQ(stream(), Lines{});
    stop();
    users_filter_ = "(employeeType=staff)";
    EXPECT_EQ(stream(), Lines{"delete user deleted uid=deleted,ou=people (absent from refresh)"})
        << "the view that showed it is back; the one that does not show \"new\" is another one";
}

}  // namespace
}  // namespace entstream::test
