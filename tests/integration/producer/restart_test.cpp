// What happens while the producer is away, or dies.

#include <algorithm>
#include <array>
#include <set>

#include "common/kafka/transactional_producer.hpp"
#include "entstream/v1/state.pb.h"
#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using Events = std::vector<std::string>;

/// The provider's answer depends on whether it remembers deletions: with its session log it names them, after a restart
/// of slapd it names what is still there.
class Restart : public ProducerTest, public ::testing::WithParamInterface<bool> {
  protected:
    void SetUp() override {
        for (const char* name : {"eva", "max", "ida", "tom"}) {
            add_user(name);
        }
        add_group("g", {user_dn("eva"), user_dn("max")});
        start();
        await_streaming();
        events();
        stop();
    }

    void forget_deletions() {
        if (GetParam()) {
            servers().restart("ldap");
            directory_ = DirectoryClient(info_.ldap_uri, info_.ldap_admin_dn, info_.ldap_admin_password);
        }
    }

    Events after_restart() {
        start();
        await_streaming();
        return events();
    }
};

INSTANTIATE_TEST_SUITE_P(Provider, Restart, ::testing::Bool(),
                         [](const auto& mode) { return mode.param ? "NamesWhatIsThere" : "NamesWhatIsGone"; });

TEST_P(Restart, WithNothingChangedPublishesNothing) {
    forget_deletions();
    EXPECT_EQ(after_restart(), Events{});
    expect_log_equals_directory();
}

TEST_P(Restart, ChangesWhileAwayArriveAsTheirNetEffect) {
    directory_.replace(user_dn("eva"), "sn", {"a"});
    directory_.replace(user_dn("eva"), "sn", {"b"});
    remove_user("max");
    add_user("short-lived");
    remove_user("short-lived");
    add_user("new");
    directory_.replace(user_dn("new"), "sn", {"changed"});
    directory_.rename(user_dn("ida"), "uid=ide");
    directory_.add_value(group_dn("g"), "member", user_dn("new"));
    forget_deletions();
    Events all = after_restart();
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, (Events{"create member g new", "create user new", "delete user max", "update user eva [sn]",
                           "update user ide [uid] was uid=ida,ou=people"}));
    EXPECT_EQ(log().users().at("new").sn, "changed");
}

TEST_P(Restart, AReusedDnIsANewPersonAndAMemberWhereItIsListed) {
    remove_user("tom");
    add_user("tom");
    remove_user("eva");
    add_user("eva");
    forget_deletions();
    Events all = after_restart();
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, (Events{"create user eva", "create user tom", "delete user eva", "delete user tom",
                           "update member g eva"}));
    expect_log_equals_directory();
}

TEST_P(Restart, SwappedUidsSwapTheGroups) {
    add_group("h", {user_dn("ida")});
    directory_.rename(user_dn("eva"), "uid=tmp");
    directory_.rename(user_dn("ida"), "uid=eva");
    directory_.rename("uid=tmp,ou=people," + base_, "uid=ida");
    forget_deletions();
    after_restart();
    EXPECT_EQ(log().members()["g"], (std::set<std::string>{"eva", "max"})) << "who is called so now";
    EXPECT_EQ(log().members()["h"], (std::set<std::string>{"ida"}));
    expect_log_equals_directory();
}

TEST_P(Restart, ASubtreeIsRenamedWhileAway) {
    directory_.rename("ou=people," + base_, "ou=persons");
    directory_.add("ou=people," + base_, {{"objectClass", {"organizationalUnit"}}, {"ou", {"people"}}});
    directory_.replace("uid=eva,ou=persons," + base_, "sn", {"later"});
    forget_deletions();
    Events all = after_restart();
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, (Events{"update user eva [sn] was uid=eva,ou=people", "update user ida was uid=ida,ou=people",
                           "update user marker1 was uid=marker1,ou=people", "update user max was uid=max,ou=people",
                           "update user tom was uid=tom,ou=people"}));
    EXPECT_EQ(log().members()["g"], (std::set<std::string>{"eva", "max"}));
}

class Crash : public ProducerTest {
  protected:
    static constexpr int crowd = 3000;

    void add_crowd() {
        for (int i = 0; i < crowd; ++i) {
            add_user("crowd" + std::to_string(i));
        }
        std::vector<std::string> members;
        for (int i = 0; i < crowd; i += 3) {
            members.push_back(user_dn("crowd" + std::to_string(i)));
        }
        add_group("g", members);
    }
};

TEST_F(Crash, KilledInTheMiddleOfTheFirstRefresh) {
    more_config_ = "transaction_records = 100\n";
    add_crowd();
    start();
    std::size_t published = 0;
    ASSERT_TRUE(wait_until([&] {
        try {
            published += log().rest().size();
        } catch (const kafka::TopicMissing&) {
            return false;
        }
        return published > 0;
    }));
    kill();
    published += log().rest().size();
    ASSERT_LT(published, crowd) << "killed too late to prove anything";
    start();
    await_streaming();
    expect_log_equals_directory();
    EXPECT_EQ(log().users().size(), crowd);
}

// The log has lost its records; the state topic still has the cookies of before.
TEST_F(Crash, KilledInTheMiddleOfTheResyncOfALogThatWasCut) {
    more_config_ = "transaction_records = 100\n";
    add_crowd();
    start();
    await_streaming();
    log().rest();
    stop();
    {
        const Topics topics = Topics::of(kafka_.topic_prefix, source_);
        kafka::TransactionalProducer writer(kafka_, "test." + source_, {topics.changes, topics.state});
        writer.init();
        writer.begin();
        std::set<std::string> keys;
        kafka::read_to_end(kafka_, topics.changes,
                           [&](const kafka::Record& record) { keys.insert(std::string(record.key())); });
        const std::array<kafka::Header, 1> headers = {{{.name = "entstream-log-id", .value = "test"}}};
        for (const std::string& key : keys) {
            if (!key.starts_with("meta/")) {
                writer.produce(topics.changes, key, std::nullopt, headers);
            }
        }
        v1::SourceState source;
        kafka::read_to_end(kafka_, topics.state, [&](const kafka::Record& record) {
            if (record.key() == "source") {
                ASSERT_TRUE(source.ParseFromString(std::string(*record.value())));
            }
        });
        source.set_last_sequence(source.last_sequence() + 1);
        writer.produce(topics.state, "source", source.SerializeAsString());
        writer.commit();
    }
    log().rest();
    ASSERT_EQ(log().users().size(), 0U);
    start();
    ASSERT_TRUE(wait_until([&] { return !log().rest().empty(); }));
    kill();
    log().rest();
    ASSERT_LT(log().users().size(), crowd) << "killed too late to prove anything";
    start();
    await_streaming();
    expect_log_equals_directory();
    EXPECT_EQ(log().users().size(), crowd);
}

TEST_F(Crash, KilledAgainAndAgainWhileTheDirectoryChanges) {
    start();
    await_streaming();
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 30; ++i) {
            add_user("r" + std::to_string(round) + '-' + std::to_string(i));
            if (i % 3 == 0) {
                remove_user("r" + std::to_string(round) + '-' + std::to_string(i));
            }
            if (i == 10 * round) {
                kill();
            }
        }
        start();
        await_streaming();
    }
    events();
    expect_log_equals_directory();
}

// Another program wrote to the topic: an entry's last record, and something that is nobody's.
TEST_F(Crash, GarbageOnTheLogIsSkippedToldAndMended) {
    add_user("eva");
    add_group("g", {user_dn("eva")});
    start();
    await_streaming();
    events();
    stop();
    const std::string topic = Topics::of(kafka_.topic_prefix, source_).changes;
    std::string key;
    kafka::read_to_end(kafka_, topic, [&](const kafka::Record& record) {
        key = record.key().starts_with("user/") && key.empty() ? std::string(record.key()) : key;
    });
    {
        kafka::TransactionalProducer writer(kafka_, "test." + source_, {topic});
        writer.init();
        writer.begin();
        writer.produce(topic, key, "no message of protobuf");
        writer.produce(topic, "jean.dupont@example.org", "whatever");
        writer.commit();
    }
    std::int64_t offset = 0;
    kafka::read_to_end(kafka_, topic,
                       [&](const kafka::Record& record) { offset = record.key() == key ? record.offset() : offset; });
    start();
    await_streaming();
    const std::string said = program_->err();
    EXPECT_NE(said.find("topic " + topic + ": skipped 2 records"), std::string::npos) << said;
    EXPECT_NE(said.find("offset " + std::to_string(offset) + " (key: user)"), std::string::npos) << said;
    EXPECT_EQ(said.find("dupont"), std::string::npos) << said;
    v1::Change change;
    ASSERT_TRUE(wait_until([&] {
        std::string last;
        kafka::read_to_end(kafka_, topic, [&](const kafka::Record& record) {
            last = record.key() == key ? std::string(*record.value()) : last;
        });
        return change.ParseFromString(last);
    }));
    EXPECT_EQ(change.dn(), user_dn("eva"));
    EXPECT_EQ(change.operation(), v1::OPERATION_UPDATE);
    stop();
    start();
    await_streaming();
    EXPECT_NE(program_->err().find("skipped a record"), std::string::npos) << "the one that hides nothing of ours";
}

TEST_F(Crash, AForeignCookieLeadsToAResyncWithDifferencesOnly) {
    add_user("eva");
    add_user("max");
    start();
    await_streaming();
    events();
    stop();
    remove_user("max");
    {
        const Topics topics = Topics::of(kafka_.topic_prefix, source_);
        kafka::TransactionalProducer writer(kafka_, "test." + source_, {topics.state});
        writer.init();
        writer.begin();
        std::string stored;
        kafka::read_to_end(kafka_, topics.state, [&](const kafka::Record& record) {
            if (record.key() == "search/users") {
                stored = *record.value();
            }
        });
        v1::SearchState state;
        ASSERT_TRUE(state.ParseFromString(stored));
        state.set_cookie("garbage");
        state.set_cookie_kind(v1::COOKIE_KIND_OPAQUE);
        writer.produce(topics.state, "search/users", state.SerializeAsString());
        writer.commit();
    }
    start();
    await_streaming();
    EXPECT_EQ(events(), Events{"delete user max"});
    stop();
    start();
    await_streaming();
    EXPECT_EQ(program_->err().find("asking for everything"), std::string::npos) << "it has a good cookie again";
    EXPECT_EQ(events(), Events{});
}

}  // namespace
}  // namespace entstream::test
