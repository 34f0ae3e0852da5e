// T02 to T07 and T10 to T12: what becomes of each kind of change while the program follows the directory.

#include "tests/conformance/conformance_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

TEST_F(Conformance, T02_InitialRefreshPublishesAllAndStoresTheCookieLast) {
    more_config_ = "transaction_records = 2\n";
    Lines expected;
    for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
        add_person(name);
        expected.push_back(created(name));
    }
    start();
    await_streaming();
    const std::vector<std::string> reached = context_csns();
    EXPECT_EQ(published(), expected);
    const std::uint64_t last_of_refresh = log().changes().at(expected.size() - 1).sequence();
    // The state topic, in order: no cookie of the search stands before the end of what it was given.
    std::uint64_t published_until = 0;
    int without_cookie = 0;
    std::string first_cookie;
    kafka::read_to_end(kafka_, Topics::of(kafka_.topic_prefix, source_).state, [&](const kafka::Record& record) {
        if (record.key() == "source") {
            v1::SourceState source;
            ASSERT_TRUE(source.ParseFromString(std::string(*record.value())));
            published_until = source.last_sequence();
        } else if (record.key() == "search/users" && first_cookie.empty()) {
            v1::SearchState search;
            ASSERT_TRUE(search.ParseFromString(std::string(*record.value())));
            first_cookie = search.cookie();
            if (first_cookie.empty()) {
                ++without_cookie;
                EXPECT_TRUE(search.refresh_in_progress());
                EXPECT_LT(published_until, last_of_refresh);
            } else {
                EXPECT_FALSE(search.refresh_in_progress());
                EXPECT_GE(published_until + 2, last_of_refresh) << "of the transaction before, or of this one";
            }
        }
    });
    EXPECT_GT(without_cookie, 0);
    EXPECT_EQ(first_cookie, "rid=000,csn=" + reached.at(0));
    expect_log_equals_directory();
}

TEST_F(Conformance, T03_AdditionChangeAndDeletion) {
    stream();
    add_person("eva", "", {{"mail", {"eva@x"}}});
    directory_.replace(user_dn("eva"), "sn", {"y"});
    directory_.remove(user_dn("eva"));
    EXPECT_EQ(published(), (Lines{"create user eva uid=eva,ou=people {mail=eva@x sn=x uid=eva}",
                                  "update user eva [sn] uid=eva,ou=people {mail=eva@x sn=y uid=eva}",
                                  "delete user eva uid=eva,ou=people (deleted or filtered)"}));
    expect_log_equals_directory();
}

TEST_F(Conformance, T04_AChangeThatChangesNothingMovesTheCookieAlone) {
    add_person("eva");
    stream();
    directory_.replace(user_dn("eva"), "sn", {"x"});
    await_stored({csn_of(user_dn("eva"))});
    EXPECT_EQ(published(), Lines{});
}

TEST_F(Conformance, T05_AChangeOfAnotherAttributeMovesTheCookieAlone) {
    add_person("eva");
    stream();
    directory_.replace(user_dn("eva"), "description", {"not asked for"});
    await_stored({csn_of(user_dn("eva"))});
    EXPECT_EQ(published(), Lines{});
}

TEST_F(Conformance, T06_ARenamedEntryKeepsItsUuid) {
    add_person("eva");
    stream();
    directory_.rename(user_dn("eva"), "uid=eve");
    EXPECT_EQ(published(), Lines{"update user eva [uid] uid=eve,ou=people was uid=eva,ou=people {sn=x uid=eve}"});
    expect_log_equals_directory();
}

TEST_F(Conformance, T07_AMovedSubtreeTakesItsEntriesAlong) {
    users_filter_ = "(|(objectClass=inetOrgPerson)(ou=x))";
    user_attributes_ = {"uid", "sn", "ou"};
    add_container("x", people());
    add_person("k1", "ou=x," + people());
    add_person("k2", "ou=x," + people());
    add_container("elsewhere");
    stream();
    directory_.rename("ou=x," + people(), "ou=x", "ou=elsewhere," + base_);
    EXPECT_EQ(published_sorted(),
              (Lines{"update user k1 uid=k1,ou=x,ou=elsewhere was uid=k1,ou=x,ou=people {sn=x uid=k1}",
                     "update user k2 uid=k2,ou=x,ou=elsewhere was uid=k2,ou=x,ou=people {sn=x uid=k2}",
                     "update user x ou=x,ou=elsewhere was ou=x,ou=people {ou=x}"}));
    directory_.replace("uid=k1,ou=x,ou=elsewhere," + base_, "sn", {"later"});
    EXPECT_EQ(published(), Lines{"update user k1 [sn] uid=k1,ou=x,ou=elsewhere {sn=later uid=k1}"});
    expect_log_equals_directory();
}

TEST_F(Conformance, T10_LeavingAndEnteringTheFilter) {
    users_filter_ = "(employeeType=staff)";
    add_person("eva", "", {{"employeeType", {"staff"}}});
    stream();
    directory_.replace(user_dn("eva"), "employeeType", {"student"});
    EXPECT_EQ(published(), Lines{"delete user eva uid=eva,ou=people (deleted or filtered)"});
    directory_.replace(user_dn("eva"), "sn", {"unseen"});
    directory_.replace(user_dn("eva"), "employeeType", {"staff"});
    EXPECT_EQ(published(), Lines{"create user eva uid=eva,ou=people {sn=unseen uid=eva}"});
    expect_log_equals_directory();
}

TEST_F(Conformance, T11_AChangeThatNoSearchShowsMovesTheCookieAlone) {
    users_filter_ = "(employeeType=staff)";
    add_person("eva");
    stream();
    directory_.replace(user_dn("eva"), "sn", {"y"});
    const std::string csn = csn_of(user_dn("eva"));
    await_stored({csn}, "users");
    await_stored({csn}, "groups");
    EXPECT_EQ(published(), Lines{});
    await_stored(context_csns(), "users");
    stop();
    start();
    await_streaming();
    EXPECT_TRUE(said("refresh of users ended")) << program_->err();
    EXPECT_FALSE(said("asking for everything")) << program_->err();
    EXPECT_TRUE(said("s: 0 entries received (0/s), 0 named as unchanged, 0 removed")) << program_->err();
    EXPECT_EQ(published(), Lines{});
}

TEST_F(Conformance, T12_LeavingTheScope) {
    add_container("a");
    add_container("b");
    users_base_ = "ou=a," + base_;
    marker_parent_ = users_base_;
    add_person("eva", users_base_);
    stream();
    directory_.rename("uid=eva," + users_base_, "uid=eva", "ou=b," + base_);
    EXPECT_EQ(published(), Lines{"delete user eva uid=eva,ou=b (moved out of scope)"});
    expect_log_equals_directory();
}

}  // namespace
}  // namespace entstream::test
