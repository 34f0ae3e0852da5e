// The reading thread: order of the searches, back-pressure, signals, stopping.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "tests/integration/sync/recorder.hpp"
#include "tests/integration/sync/slapd.hpp"

namespace entstream::producer::sync {
namespace {

using test::config_for;
using test::group_search;
using test::Recorder;
using test::Slapd;
using test::value_of;

constexpr const char* long_text_tail =
    "................................................................................";

void add_people(Slapd& slapd, int count) {
    for (int i = 0; i < count; ++i) {
        slapd.add_person("p" + std::to_string(i));
    }
}

TEST(SyncReader, RefreshesUsersThenGroupsThenRolesAndFollowsAll) {
    Slapd slapd;
    slapd.add_person("jean");
    slapd.add_group("g", {"uid=jean,ou=people,dc=fr"});
    ProducerConfig config = config_for(slapd);
    SearchConfig roles = group_search();
    roles.name = "roles";
    roles.kind = EntryKind::role;
    roles.base = "ou=roles,dc=fr";
    config.searches = {roles, group_search(), config.searches[0]};
    Recorder stream(config);
    stream.end_of_refresh(0);

    std::vector<std::size_t> order;
    for (const auto& message : stream.messages()) {
        std::visit(
            [&order](const auto& content) {
                if constexpr (requires { content.search; }) {
                    order.push_back(content.search);
                }
            },
            message);
    }
    EXPECT_EQ(order, (std::vector<std::size_t>{2, 2, 1, 1, 0}));
    const std::vector<EntryMessage> entries = stream.entries();
    EXPECT_EQ(find_attribute(entries.at(0).attributes, "member"), nullptr);
    EXPECT_EQ(value_of(entries.at(1), "member"), "uid=jean,ou=people,dc=fr");

    // One after the other: slapd keeps the order within a search, not between them.
    slapd.add_person("paul");
    EXPECT_EQ(stream.next<EntryMessage>([](const auto& entry) { return value_of(entry, "uid") == "paul"; }).search, 2U);
    slapd.add_group("h", {"uid=paul,ou=people,dc=fr"});
    EXPECT_EQ(stream.next<EntryMessage>([](const auto& entry) { return value_of(entry, "cn") == "h"; }).search, 1U);
}

TEST(SyncReader, ProbesTellHowFarTheProviderIs) {
    Slapd slapd;
    Recorder stream(config_for(slapd));
    stream.end_of_refresh();
    slapd.add_person("jean");
    const auto entry = stream.next<EntryMessage>();
    stream.settle();
    EXPECT_EQ(stream.probes().back().context_csns, std::vector<std::string>{value_of(entry, "entryCSN")});
    EXPECT_TRUE(stream.cookie().has_reached(stream.probes().back().context_csns));
}

TEST(SyncReader, FullQueueMakesARefreshWaitAndLosesNothing) {
    Slapd slapd;
    add_people(slapd, 200);
    ProducerConfig config = config_for(slapd);
    config.queue_bytes = 4096;
    Recorder stream(config);
    stream.end_of_refresh();
    EXPECT_EQ(stream.entries().size(), 200U);
}

TEST(SyncReader, FullQueueInPersistEndsTheSessionWithoutLoss) {
    Slapd slapd;
    ProducerConfig config = config_for(slapd);
    config.queue_bytes = 16384;
    config.probe_interval = std::chrono::hours(1);
    Recorder stream(config);
    stream.end_of_refresh();
    add_people(slapd, 200);  // nobody pops
    const auto end = stream.next<DisconnectedMessage>();
    EXPECT_TRUE(end.queue_full);
    EXPECT_EQ(end.error_class, ldap::ErrorClass::transient);
    const std::size_t before = stream.entries().size();
    EXPECT_GT(before, 0U);
    EXPECT_LT(before, 200U);

    Recorder again(config, {stream.cookie().text()});
    again.end_of_refresh();
    EXPECT_EQ(before + again.entries().size(), 200U);
}

// A slow publisher in a refresh is not taken for a silent server.
TEST(SyncReader, WaitingForThePublisherIsNotSilence) {
    Slapd slapd;
    add_people(slapd, 50);
    ProducerConfig config = config_for(slapd);
    config.queue_bytes = 1;
    config.ldap.timeout = std::chrono::milliseconds(300);
    Recorder stream(config);
    stream.next<EntryMessage>();  // the queue was full, and is so again
    const auto filled = std::chrono::steady_clock::now();
    ASSERT_TRUE(test::wait_until([&] { return std::chrono::steady_clock::now() - filled > config.ldap.timeout; }));
    stream.end_of_refresh();
    EXPECT_EQ(stream.entries().size(), 50U);
}

// Sends SIGUSR1, whose handler does nothing, to this process without end; the thread that made it does not take any.
class SignalStorm {
  public:
    SignalStorm() {
        struct sigaction nothing {};
        nothing.sa_handler = [](int) {};
        sigaction(SIGUSR1, &nothing, &action_before_);
        sigset_t mine;
        sigemptyset(&mine);
        sigaddset(&mine, SIGUSR1);
        pthread_sigmask(SIG_BLOCK, &mine, &mask_before_);
        sender_ = std::jthread([](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                kill(getpid(), SIGUSR1);
                std::this_thread::yield();
            }
        });
    }
    SignalStorm(const SignalStorm&) = delete;
    SignalStorm& operator=(const SignalStorm&) = delete;
    ~SignalStorm() {
        sender_.request_stop();
        sender_.join();
        pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);  // takes the last one
        sigaction(SIGUSR1, &action_before_, nullptr);
    }

  private:
    struct sigaction action_before_ {};
    sigset_t mask_before_{};
    std::jthread sender_;
};

// T44
TEST(SyncReader, SignalsDoNotDisturbIt) {
    Slapd slapd;
    Recorder stream(config_for(slapd));
    const SignalStorm storm;
    stream.end_of_refresh();
    add_people(slapd, 20);
    stream.next<EntryMessage>([](const auto& entry) { return value_of(entry, "uid") == "p19"; });
    stream.settle();
    EXPECT_TRUE(std::none_of(stream.messages().begin(), stream.messages().end(),
                             [](const auto& message) { return std::holds_alternative<DisconnectedMessage>(message); }));
}

TEST(SyncReader, StopsWhileTheServerIsSilentAndWhileTheQueueIsFull) {
    Slapd slapd;
    add_people(slapd, 20);
    ProducerConfig config = config_for(slapd);
    config.ldap.timeout = std::chrono::hours(1);
    {
        Recorder stream(config);
        stream.end_of_refresh();
        slapd.freeze();
        stream.reader().stop();
        EXPECT_TRUE(stream.reader().pop_all(1, std::chrono::hours(1)).empty());
    }
    slapd.thaw();
    config.queue_bytes = 1;
    SyncReader full(config);
    full.connect();
    full.start({});
    EXPECT_EQ(full.pop_all(1, std::chrono::minutes(1)).size(), 1U);
}

// T57
TEST(SyncReader, ValuesAreOctets) {
    Slapd slapd;
    slapd.add_person("jean");
    const std::string binary("\0\xff\n\0", 4);
    const std::string accents = "\xc3\x89l\xc3\xa8ve \xe2\x82\xac";
    const std::string dn = "uid=jean,ou=people,dc=fr";
    slapd.admin().replace(dn, "userPassword", {binary});
    slapd.admin().replace(dn, "sn;lang-fr", {accents});
    slapd.admin().replace(dn, "description", {std::string(100000, 'x') + long_text_tail});
    ProducerConfig config = config_for(slapd);
    config.searches[0].attributes = {"USERPASSWORD", "sn", "description", "cn"};
    Recorder stream(config);
    stream.end_of_refresh();
    const EntryMessage entry = stream.entries().at(0);
    EXPECT_EQ(value_of(entry, "userPassword"), binary);
    EXPECT_EQ(value_of(entry, "sn;lang-fr"), accents);
    EXPECT_EQ(value_of(entry, "sn"), "jean");
    EXPECT_EQ(value_of(entry, "description").size(), 100080U);
}

}  // namespace
}  // namespace entstream::producer::sync
