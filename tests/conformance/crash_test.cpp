// T27, T29, T32 to T34: the program or the provider dies, or both sides race.

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <semaphore>
#include <thread>

#include "tests/conformance/conformance_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

constexpr const char* no_limit = "limits dn.exact=cn=reader,dc=fr size=unlimited";

class OnOwnSlapd : public OwnSlapd, public Conformance {
  protected:
    OnOwnSlapd() : OwnSlapd({.lines = {no_limit}}), Conformance(slapd_) {}
};

TEST_F(OnOwnSlapd, T27_SixteenWritersAndAProgramThatIsKilledAtRandom) {
    constexpr int writers = 16;
    constexpr int kills = 4;
    constexpr int entries_of_a_round = 200;
    stream();
    std::counting_semaphore<> allowed(0);  // so many more entries may be written
    std::vector<std::jthread> threads;
    threads.reserve(writers);
    for (int writer = 0; writer < writers; ++writer) {
        threads.emplace_back([this, writer, &allowed](const std::stop_token& enough) {
            DirectoryClient client(slapd_.uri(), Slapd::admin_dn, Slapd::password);
            for (int i = 0; allowed.acquire(), !enough.stop_requested(); ++i) {
                const std::string name = fmt::format("w{}-{}", writer, i);
                const std::string dn = user_dn(name);
                client.add(dn, {{"objectClass", {"inetOrgPerson"}}, {"uid", {name}}, {"cn", {name}}, {"sn", {"x"}}});
                client.replace(dn, "sn", {"y"});
                if (i % 3 == 0) {
                    client.remove(dn);
                }
            }
        });
    }
    std::minstd_rand random;  // NOLINT(cert-msc51-cpp): the same kills each time
    for (int killed = 0; killed < kills; ++killed) {
        allowed.release(entries_of_a_round);
        await_changes(log().changes().size() + 1 + random() % entries_of_a_round);
        kill();
        start();
        await_streaming();
        EXPECT_FALSE(said("asking for everything")) << program_->err();
    }
    for (std::jthread& thread : threads) {
        thread.request_stop();
    }
    allowed.release(writers);
    threads.clear();
    published();
    expect_log_equals_directory();
}

TEST_F(OnOwnSlapd, T29_AProviderThatIsKilledLosesAndRepeatsNothing) {
    stream();
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 10; ++i) {
            add_person(fmt::format("p{}-{}", round, i));
        }
        directory_.replace(user_dn(fmt::format("p{}-0", round)), "sn", {"y"});
        remove_user(fmt::format("p{}-1", round));
        slapd_.kill();
        slapd_.start();
        connect_again();
        await_streaming();
        published();
        expect_log_equals_directory();
    }
}

TEST_F(OnOwnSlapd, T29_ADeletionThatAKilledProviderForgotIsFoundByTheReconcileThatFollows) {
    // The deletion is neither in the session log, which slapd has in memory, nor in contextCSN, which it stores now and
    // then: no refresh names it.
    more_config_ = "reconcile_after_loss = \"100ms\"\n";
    stream();
    add_person("p");
    until(created("p"));
    {
        const Stopped waiting(*program_);
        remove_user("p");
        slapd_.kill();
        slapd_.start();
        connect_again();
        add_person("q");
    }
    await_words("reconcile is complete");
    published();
    expect_log_equals_directory();
}

std::string large_people(int count) {
    std::string ldif;
    const std::string text(4000, 'x');
    for (int i = 0; i < count; ++i) {
        ldif += fmt::format(
            "dn: uid=p{0},ou=people,dc=fr\nobjectClass: inetOrgPerson\nuid: p{0}\ncn: p{0}\nsn: x\ndescription: "
            "{1}\n\n",
            i, text);
    }
    return ldif;
}

class RefreshRace : public OwnSlapd, public Conformance {
  protected:
    static constexpr int crowd = 6000;  ///< 24 MB: more than the buffers of a connection hold

    RefreshRace() : OwnSlapd({.lines = {no_limit}}, large_people(crowd)), Conformance(slapd_) {}
};

TEST_F(RefreshRace, T32_WhatChangesDuringARefreshNeverGoesBack) {
    users_base_ = Slapd::suffix;
    user_attributes_ = {"uid", "sn", "description"};
    more_config_ = "transaction_records = 10\nqueue_bytes = \"1MiB\"\n";
    for (const char* name : {"late", "leaves"}) {
        add_person(name);
    }
    start();
    await_changes(1);
    const Stopped reading(*program_);
    log().read();
    ASSERT_LT(log().changes().size(), crowd / 2) << "stopped too late to prove anything";
    for (const char* value : {"1", "2", "3"}) {
        directory_.replace(user_dn("late"), "sn", {value});
    }
    remove_user("leaves");
    add_person("passes");
    remove_user("passes");
    reading.end();
    await_streaming();
    published();
    std::vector<std::string> values;
    for (const v1::Change& change : log().changes()) {
        if (change.dn() == user_dn("late")) {
            for (const v1::Attribute& attribute : change.attributes()) {
                if (attribute.name() == "sn") {
                    values.push_back(attribute.values(0));
                }
            }
        }
    }
    ASSERT_FALSE(values.empty());
    EXPECT_EQ(values.back(), "3");
    EXPECT_TRUE(std::is_sorted(values.begin(), values.end(), [](const std::string& a, const std::string& b) {
        return a != "x" && (b == "x" || a < b);
    })) << "x, then 1, 2, 3, each at most once";
    EXPECT_FALSE(log().has("leaves"));
    EXPECT_FALSE(log().has("passes"));
    expect_log_equals_directory();
}

class KilledAt : public Conformance {
  protected:
    /// Starts a program that dies around its `commit`th transaction.
    void start_to_die(const std::string& when, int commit) {
        more_environment_ = {{"LD_PRELOAD", (program_path("kill_at.so")).string()},
                             {"ENTSTREAM_TEST_KILL", when + ':' + std::to_string(commit)},
                             {"ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0"}};
        start();
        more_environment_.clear();
    }

    void await_death() { EXPECT_EQ(program_->wait().status, 137) << program_->err(); }
};

TEST_F(KilledAt, T33_AroundEveryCommit) {
    more_config_ = "transaction_records = 3\n";
    for (int i = 0; i < 10; ++i) {
        add_person("p" + std::to_string(i));
    }
    add_group("g", {user_dn("p1"), user_dn("p2"), user_dn("p3")});
    int changed = 0;
    // In the first refresh, in those after it, which begin with what was deleted, and in persist.
    for (int commit = 1; commit <= 5; ++commit) {
        for (const char* when : {"before", "after"}) {
            start_to_die(when, commit);
            // Signs of life are transactions too, so that its end comes.
            while (program_->running()) {
                const std::string name = "n" + std::to_string(++changed);
                add_person(name);
                directory_.replace(user_dn(name), "sn", {"y"});
                directory_.replace(group_dn("g"), "member", {user_dn(name), user_dn("p1")});
                directory_.replace(user_dn("p1"), "sn", {name});
                if (changed > 1) {
                    remove_user("n" + std::to_string(changed - 1));
                }
            }
            await_death();
        }
    }
    stream();
    expect_log_equals_directory();
}

TEST_F(KilledAt, T34_TheCookieIsNotStoredBeforeTheEndOfTheRefresh) {
    constexpr std::size_t newcomers = 20;
    more_config_ = "transaction_records = 3\n";
    for (const char* name : {"eva", "leaves"}) {
        add_person(name);
    }
    stream();
    stop();
    const std::string cookie = stored().cookie();
    const std::size_t before = log().changes().size();
    remove_user("leaves");
    for (std::size_t i = 0; i < newcomers; ++i) {
        add_person("n" + std::to_string(i));
    }
    start_to_die("after", 3);
    await_death();
    log().read();
    const std::size_t published_before_death = log().changes().size() - before;
    EXPECT_GT(published_before_death, 0U);
    EXPECT_LT(published_before_death, newcomers);
    EXPECT_EQ(stored().cookie(), cookie);
    EXPECT_TRUE(stored().refresh_in_progress());
    stream();
    EXPECT_FALSE(said("asking for everything")) << program_->err();
    expect_log_equals_directory();
}

}  // namespace
}  // namespace entstream::test
