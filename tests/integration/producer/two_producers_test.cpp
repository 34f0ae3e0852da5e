// Two processes of one source, as a service manager may start them by mistake, or to have one in reserve.

#include <algorithm>
#include <array>

#include "common/kafka/transactional_producer.hpp"
#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/support/scrape.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using Events = std::vector<std::string>;

class TwoProducers : public ProducerTest {
  protected:
    void SetUp() override {
        add_user("eva");
        start();
        await_streaming();
        events();
    }

    [[nodiscard]] std::unique_ptr<Process> another() const {
        return std::make_unique<Process>(command(), environment());
    }
    static bool said(const Process& process, const std::string& words) {
        return process.err().find(words) != std::string::npos;
    }
    /// How often a process has taken the source over.
    int take_overs() {
        int count = 0;
        kafka::read_to_end(kafka_, Topics::of(kafka_.topic_prefix, source_).state,
                           [&count](const kafka::Record& record) { count += record.key() == "owner" ? 1 : 0; });
        return count;
    }
    int heartbeats() {
        log().rest();
        return log().heartbeats();
    }
};

TEST_F(TwoProducers, TheSecondTakesOverAndTheFirstStandsByUntilItIsGone) {
    const auto second = another();
    ASSERT_TRUE(wait_until([&] { return said(*second, "streaming: "); })) << second->err();
    ASSERT_TRUE(wait_until([&] { return said(*program_, "standing by"); })) << program_->err();
    EXPECT_TRUE(said(*program_, "process " + std::to_string(second->pid()) + " on ")) << "it says by whom";
    EXPECT_EQ(events(), Events{}) << "the second one goes on where the first one was";
    EXPECT_EQ(Scrape::of(*program_)("entstream_state", {"state=\"standby\""}), 1);
    EXPECT_EQ(Scrape::of(*program_)("entstream_source_fenced_total"), 1);
    EXPECT_EQ(Scrape::of(*program_)("entstream_source_connected"), 0);
    second->terminate();
    EXPECT_EQ(second->wait().status, 0);
    add_user("max");
    await_streaming();
    EXPECT_EQ(events(), Events{"create user max"});
    expect_log_equals_directory();
    EXPECT_EQ(Scrape::of(*program_)("entstream_state", {"state=\"running\""}), 1);
    EXPECT_EQ(Scrape::of(*program_)("entstream_source_rebuilds_total"), 1);
}

// Restart=always, and both are killed now and then.
TEST_F(TwoProducers, UnderARestartLoopOneGoesOnPublishingAndTheOtherStandsBy) {
    std::array<std::unique_ptr<Process>, 2> processes = {std::move(program_), another()};
    int ends_by_themselves = 0;
    const auto manage = [&] {
        for (auto& process : processes) {
            if (!process->running()) {
                ++ends_by_themselves;
                process = another();
            }
        }
    };
    for (int round = 0; round < 4; ++round) {
        auto& killed = processes.at(round % 2);
        killed->kill();
        killed->wait();
        killed = another();
        ASSERT_TRUE(wait_until([&] {
            manage();
            // Where both had just been started, the other one may have been later.
            return said(*killed, "streaming: ") || said(*killed, "standing by");
        })) << killed->err();
    }
    int owners = 0;
    int from = 0;
    EXPECT_TRUE(wait_until([&] {
        manage();
        if (const int now = take_overs(); now != owners) {
            owners = now;
            from = heartbeats();
        }
        return heartbeats() - from >= 10;
    })) << "they take the source from each other";
    EXPECT_EQ(ends_by_themselves, 0);
    EXPECT_EQ(std::count_if(processes.begin(), processes.end(),
                            [](const auto& process) {
                                const std::string text = process->err();
                                const auto stands_by = text.rfind("standing by");
                                return stands_by != std::string::npos &&
                                       text.find("streaming: ", stands_by) == std::string::npos;
                            }),
              1)
        << processes[0]->err() << processes[1]->err();
    add_user("max");
    EXPECT_EQ(events(), Events{"create user max"});
    expect_log_equals_directory();
}

// As the brokers do with a process that stood still, or had no broker, for longer than a transaction may take.
TEST_F(TwoProducers, FencedByNoOtherProcessItGoesOnByItself) {
    const Topics topics = Topics::of(kafka_.topic_prefix, source_);
    kafka::TransactionalProducer(kafka_, kafka_.topic_prefix + "-producer." + source_, {topics.changes}).init();
    add_user("max");
    EXPECT_EQ(events(), Events{"create user max"});
    EXPECT_TRUE(said(*program_, "no other process has taken source " + source_ + " over")) << program_->err();
    expect_log_equals_directory();
}

}  // namespace
}  // namespace entstream::test
