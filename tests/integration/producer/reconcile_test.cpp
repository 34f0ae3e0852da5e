// What the provider never announces is found by a reconcile, beside the stream, which goes on.

#include <algorithm>
#include <array>
#include <random>

#include "common/kafka/log_reader.hpp"
#include "common/model/after_image.hpp"
#include "common/model/topics.hpp"
#include "tests/integration/producer/control_fixture.hpp"
#include "tests/integration/sync/slapd.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using Events = std::vector<std::string>;

class Reconcile : public ControlTest {
  protected:
    explicit Reconcile(const SlapdOptions& options = {}) : slapd_(options), link_(slapd_.port()) {
        info_.ldap_uri = "ldap://127.0.0.1:" + std::to_string(link_.port());
        info_.ldap_bind_dn = Slapd::reader_dn;
        ldap_password_ = Slapd::password;
        base_ = Slapd::suffix;
        directory_ = DirectoryClient(slapd_.uri(), Slapd::admin_dn, Slapd::password);
    }

    void ask_for_everything(const std::string& id) {
        ask(id, [](v1::ControlRequest& request) { request.mutable_reconcile()->set_everything(true); });
    }
    v1::ControlAnswer reconcile_everything(const std::string& id) {
        ask_for_everything(id);
        return await_answer(id);
    }
    void await_running(const std::string& id) {
        ASSERT_TRUE(wait_until([&] {
            const auto now = answer(id);
            return now && now->status() == v1::ANSWER_STATUS_RUNNING;
        })) << program_->err();
    }

    Slapd slapd_;
    TcpProxy link_;  ///< between producer and directory
};

// memberOf is written by an overlay, which touches no entryCSN and sends nothing.
class ReconcileOfOverlays : public Reconcile {
  protected:
    ReconcileOfOverlays()
        : Reconcile(
              {.global_lines = {"moduleload memberof"}, .lines = {"overlay memberof", "memberof-dangling ignore"}}) {
        attributes_ = R"("uid", "sn", "ou", "mail", "memberOf")";
    }
};

TEST_F(ReconcileOfOverlays, T46_AMemberOfThatNobodyAnnouncedIsPublished) {
    add_user("eva");
    add_user("max");
    start();
    await_streaming();
    events();
    // Outside the search for groups, so that only memberOf shows it.
    directory_.add("cn=secretaries,dc=fr",
                   {{"objectClass", {"groupOfNames"}}, {"cn", {"secretaries"}}, {"member", {user_dn("eva")}}});
    EXPECT_EQ(events(), Events{}) << "the provider says such things by now: this test shows nothing";
    const v1::ControlAnswer done = reconcile_everything("1");
    EXPECT_EQ(done.status(), v1::ANSWER_STATUS_DONE);
    EXPECT_EQ(done.published(), 1U);
    EXPECT_EQ(done.removals(), 0U);
    EXPECT_GE(done.entries_compared(), 2U);
    EXPECT_EQ(events(), Events{"update user eva [memberof]"});

    directory_.remove("cn=secretaries,dc=fr");
    ask("2",
        [&](v1::ControlRequest& request) { request.mutable_reconcile()->mutable_entry()->set_dn(user_dn("eva")); });
    EXPECT_EQ(await_answer("2").published(), 1U);
    EXPECT_EQ(events(), Events{"update user eva [memberof]"});
    EXPECT_EQ(reconcile_everything("3").published(), 0U);
}

class ReconcileOfReferentialIntegrity : public Reconcile {
  protected:
    ReconcileOfReferentialIntegrity()
        : Reconcile({.global_lines = {"moduleload refint"}, .lines = {"overlay refint", "refint_attributes member"}}) {}
};

TEST_F(ReconcileOfReferentialIntegrity, T46_AMemberThatNobodySaidWasTakenAwayIsTakenAway) {
    add_user("eva");
    add_user("max");
    add_group("g", {user_dn("eva"), user_dn("max")});
    start();
    await_streaming();
    events();
    directory_.remove(user_dn("eva"));
    ASSERT_TRUE(wait_until(
        [&] { return directory_.find(Slapd::suffix, "(&(cn=g)(member=" + user_dn("eva") + "))", {"cn"}).empty(); }));
    EXPECT_EQ(events(), Events{"delete user eva"}) << "the provider says such things by now: this test shows nothing";
    EXPECT_EQ(reconcile_everything("1").published(), 1U);
    EXPECT_EQ(events(), Events{"delete member g eva"});
    EXPECT_EQ(reconcile_everything("2").published(), 0U);
}

// Who may be seen depends on an entry that no search shows.
class ReconcileOfRights : public Reconcile {
  protected:
    ReconcileOfRights()
        : Reconcile({.lines = {R"(access to dn.regex="^uid=shy[^,]*,ou=people,dc=fr$")",
                               R"(  by group/groupOfNames/member.exact="cn=trusted,dc=fr" read by * none)",
                               "access to * by * read"}}) {
        directory_.add("cn=trusted,dc=fr",
                       {{"objectClass", {"groupOfNames"}}, {"cn", {"trusted"}}, {"member", {Slapd::reader_dn}}});
        for (const char* name : {"shy1", "shy2", "bold"}) {
            add_user(name);
        }
        add_group("g", {user_dn("shy1"), user_dn("bold")});
    }
};

TEST_F(ReconcileOfRights, T47_WhatRightsHideLeavesAndComesBack) {
    start();
    await_streaming();
    events();
    directory_.replace("cn=trusted,dc=fr", "member", {"cn=nobody,dc=fr"});
    EXPECT_EQ(events(), Events{});
    ask("1", [](v1::ControlRequest& request) { request.mutable_reconcile()->set_search("users"); });
    EXPECT_EQ(await_answer("1").removals(), 2U);
    Events left = events();
    std::sort(left.begin(), left.end());
    EXPECT_EQ(left, (Events{"delete user shy1", "delete user shy2"}));
    directory_.replace("cn=trusted,dc=fr", "member", {Slapd::reader_dn});
    EXPECT_EQ(reconcile_everything("2").removals(), 0U);
    events();
    expect_log_equals_directory();
}

TEST_F(ReconcileOfRights, ItIsDoneByItselfEveryInterval) {
    more_config_ = "reconcile_interval = \"1s\"\n";
    start();
    await_streaming();
    log().until("create user bold");
    directory_.replace("cn=trusted,dc=fr", "member", {"cn=nobody,dc=fr"});
    ASSERT_TRUE(wait_until([this] {
        log().rest();
        return log().users().size() == 1;
    })) << program_->err();
}

TEST_F(ReconcileOfRights, NothingIsRemovedWhenTheConnectionIsCutInTheMiddle) {
    more_config_ = "reconnect_most = \"1s\"\n";
    start();
    await_streaming();
    events();
    directory_.replace("cn=trusted,dc=fr", "member", {"cn=nobody,dc=fr"});
    events();
    // So much that the directory has not said all when the connection is cut.
    link_.set_delay(std::chrono::milliseconds(700));
    ask_for_everything("1");
    await_running("1");
    slapd_.stop();
    ASSERT_TRUE(wait_until([this] { return program_->err().find("connecting again") != std::string::npos; }));
    EXPECT_EQ(log().rest(), Events{});
    EXPECT_EQ(answer("1")->status(), v1::ANSWER_STATUS_RUNNING);
    EXPECT_EQ(log().users().count("shy1"), 1U);
    link_.set_delay(std::chrono::milliseconds(0));
    slapd_.start();
    directory_ = DirectoryClient(slapd_.uri(), Slapd::admin_dn, Slapd::password);
    EXPECT_EQ(await_answer("1").removals(), 2U) << "it is begun again and done";
    events();
    EXPECT_EQ(log().users().count("shy1"), 0U);
}

TEST_F(ReconcileOfRights, AProducerKilledInTheMiddleBeginsItAgain) {
    start();
    await_streaming();
    events();
    directory_.replace("cn=trusted,dc=fr", "member", {"cn=nobody,dc=fr"});
    events();
    link_.set_delay(std::chrono::milliseconds(700));
    ask_for_everything("1");
    await_running("1");
    kill();
    EXPECT_EQ(log().rest(), Events{});
    link_.set_delay(std::chrono::milliseconds(0));
    start();
    await_streaming();
    EXPECT_EQ(await_answer("1").status(), v1::ANSWER_STATUS_DONE);
    events();
    EXPECT_EQ(log().users().count("shy1"), 0U);
    EXPECT_EQ(log().users().count("bold"), 1U);
}

class ReconcileRace : public Reconcile {
  protected:
    ReconcileRace() : Reconcile({.lines = {R"(limits dn.exact="cn=reader,dc=fr" size=unlimited)"}}) {}

    static constexpr int people = 1500;
    static constexpr int changes = 3000;

    static std::string person(int number) { return "p" + std::to_string(number); }

    /// The sn of a person counts its changes: no record may have a lower one than a record before it.
    void expect_no_older_after_newer() {
        std::map<std::string, int> newest;
        kafka::read_to_end(kafka_, Topics::of(kafka_.topic_prefix, source_).changes, [&](const kafka::Record& record) {
            v1::Change change;
            if (!record.key().starts_with("user/") || !record.value() ||
                !change.ParseFromArray(record.value()->data(), static_cast<int>(record.value()->size()))) {
                return;
            }
            const std::string sn(AfterImage(change.attributes()).first("sn"));
            if (change.operation() == v1::OPERATION_DELETE || sn.empty() || sn == "x") {
                return;
            }
            int& last = newest[change.uuid()];
            EXPECT_GE(std::stoi(sn), last) << record.key();
            last = std::stoi(sn);
        });
    }
};

TEST_F(ReconcileRace, AgainstThousandsOfChangesTheLogEndsAsTheDirectoryAndNeverGoesBack) {
    for (int i = 0; i < people; ++i) {
        add_user(person(i), "0");
    }
    for (const char* group : {"g1", "g2", "g3"}) {
        add_group(group, {user_dn(person(0))});
    }
    start();
    ASSERT_NO_FATAL_FAILURE(await_streaming());
    std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
    int asked = 0;
    std::vector<int> version(people, 0);
    for (int i = 0; i < changes; ++i) {
        if (i % 250 == 0) {
            ask_for_everything("race-" + std::to_string(asked++));
        }
        const int who = 1 + static_cast<int>(random() % (people - 1));
        const std::string dn = user_dn(person(who));
        const std::string group = group_dn("g" + std::to_string(1 + random() % 3));
        switch (random() % 8) {
            case 0:
                directory_.remove(dn);
                add_user(person(who), std::to_string(version.at(who)));
                break;
            case 1:
                try {
                    directory_.add_value(group, "member", dn);
                } catch (const std::runtime_error&) {
                    directory_.remove_value(group, "member", dn);  // was there
                }
                break;
            default:
                directory_.replace(dn, "sn", {std::to_string(++version.at(who))});
        }
    }
    for (int i = 0; i < asked; ++i) {
        EXPECT_EQ(await_answer("race-" + std::to_string(i)).status(), v1::ANSWER_STATUS_DONE);
    }
    events();
    expect_log_equals_directory();
    expect_no_older_after_newer();
    EXPECT_EQ(reconcile_everything("last").published(), 0U);
}

}  // namespace
}  // namespace entstream::test
