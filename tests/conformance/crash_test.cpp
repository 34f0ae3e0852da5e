// T29, T33, T34: the program or the provider dies.

#include <fmt/format.h>

#include "tests/conformance/conformance_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

class OnOwnSlapd : public OwnSlapd, public Conformance {
  protected:
    OnOwnSlapd() : Conformance(slapd_) {}
};

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
