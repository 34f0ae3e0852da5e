#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "common/kafka/client.hpp"
#include "common/kafka/log_reader.hpp"
#include "common/kafka/transactional_producer.hpp"
#include "tests/integration/kafka/broker.hpp"
#include "tests/support/wait.hpp"

namespace entstream::kafka {
namespace {

/// Writes "0", "1", … in transactions of three until told to stop, repeating a transaction that was aborted and
/// resuming a commit that was not answered.
class SteadyWriter {
  public:
    explicit SteadyWriter(const std::string& topic)
        : topic_(topic), producer_(broker_config(), "test." + topic, {topic}), thread_([this] { run(); }) {}
    ~SteadyWriter() { finish(); }
    SteadyWriter(const SteadyWriter&) = delete;
    SteadyWriter& operator=(const SteadyWriter&) = delete;

    /// Ends behind a commit. \returns how many records were written
    int finish() {
        stop_ = true;
        if (thread_.joinable()) {
            thread_.join();
        }
        return committed_;
    }
    [[nodiscard]] int committed() const { return committed_; }

  private:
    void run() {
        producer_.init();
        while (!stop_) {
            try {
                producer_.begin();
                for (int i = 0; i < 3; ++i) {
                    producer_.produce(topic_, std::to_string(committed_ + i), "x");
                }
                commit();
                committed_ += 3;
            } catch (const TransactionAborted&) {
                continue;  // the same records again
            }
        }
    }

    void commit() {
        while (true) {
            try {
                producer_.commit();
                return;
            } catch (const Error& error) {
                if (!error.retriable()) {
                    throw;
                }
            }
        }
    }

    std::string topic_;
    TransactionalProducer producer_;
    std::atomic<bool> stop_ = false;
    std::atomic<int> committed_ = 0;
    std::thread thread_;
};

std::vector<std::string> numbers_below(int count) {
    std::vector<std::string> result;
    result.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        result.push_back(std::to_string(i));
    }
    return result;
}

/// Runs a writer and a reader while `interrupt` happens to the broker, and expects every record once and in order.
void expect_nothing_lost(const std::string& topic, const std::function<void()>& interrupt) {
    std::vector<std::string> seen;
    const auto before = std::chrono::steady_clock::now();
    LogReader reader(broker_config(), topic, 0);
    const auto read = [&] {
        while (const auto record = reader.poll(std::chrono::milliseconds(20))) {
            seen.emplace_back(record->key());
        }
    };
    SteadyWriter writer(topic);
    const auto reach = [&](int target) {
        ASSERT_TRUE(test::wait_until([&] {
            read();
            return writer.committed() >= target && seen.size() >= static_cast<std::size_t>(target);
        })) << writer.committed()
            << " written, " << seen.size() << " read";
    };
    reach(30);
    interrupt();
    reach(writer.committed() + 30);
    EXPECT_TRUE(all_brokers_lost_since(before)) << "the reader has not noticed";
    const int written = writer.finish();
    EXPECT_TRUE(test::wait_until([&] {
        read();
        return seen.size() >= static_cast<std::size_t>(written);
    }));
    EXPECT_EQ(seen, numbers_below(written));
    EXPECT_EQ(committed_keys(topic), numbers_below(written));
}

TEST(Outage, ARestartOfTheBrokerLosesAndRepeatsNothing) {
    expect_nothing_lost(make_topic(), [] { servers().restart("kafka"); });
}

TEST(Outage, AKilledBrokerLosesAndRepeatsNothing) {
    expect_nothing_lost(make_topic(), [] {
        servers().kill("kafka");
        servers().start("kafka");
    });
}

}  // namespace
}  // namespace entstream::kafka
