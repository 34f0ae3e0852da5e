// What the producer's metrics are told: why everything is read, what a transaction held, what is on the log.

#include "common/metrics/metrics.hpp"

#include <string>

#include "producer/metrics/source_metrics.hpp"
#include "tests/unit/producer/stream_fixture.hpp"

namespace entstream::producer::test {
namespace {

using metrics::RefreshReason;

class Metrics : public StreamTest {
  protected:
    /// Users eva and max are published, and the process streams.
    void SetUp() override {
        start();
        for (const char* name : {"eva", "max"}) {
            send(user(name, 5));
            directory_.put(user(name, 5));
        }
        end_refresh({users, groups, roles}, cookie(10));
        events();
    }

    /// The line of a series, without its name.
    std::string series(const std::string& name, const std::string& labels = {}) const {
        const std::string text = metrics_.text();
        const std::string begin = name + "{" + labels + "source=\"test\"} ";
        const std::size_t at = text.find(begin);
        return at == std::string::npos ? "none"
                                       : text.substr(at + begin.size(), text.find('\n', at) - at - begin.size());
    }

    metrics::Metrics metrics_{metrics::Program::producer};
    SourceMetrics source_{metrics_, "test"};
};

TEST_F(Metrics, TheReasonOfARefreshIsTold) {
    EXPECT_EQ(stream_->refresh_reason(), RefreshReason::first);
    reconnect();
    EXPECT_EQ(stream_->refresh_reason(), RefreshReason::resume);
    end_refresh({users, groups, roles}, cookie(10));
    stream_->resync();
    reconnect();
    EXPECT_EQ(stream_->refresh_reason(), RefreshReason::asked);
    reconnect();  // before that one was over
    EXPECT_EQ(stream_->refresh_reason(), RefreshReason::asked);
    for (const char* name : {"eva", "max"}) {
        send(user(name, 5));
    }
    end_refresh({users, groups, roles}, cookie(10));
    events();
    start();
    EXPECT_EQ(stream_->refresh_reason(), RefreshReason::resume);
    send(sync::DoneMessage{
        .search = users, .result_code = 0x1000, .diagnostic = {}, .cookie = {}, .refresh_deletes = {}});
    reconnect();
    EXPECT_EQ(stream_->refresh_reason(), RefreshReason::provider_asked);
}

TEST_F(Metrics, AChangedSearchAndARefreshThatBrokeOffAreReasons) {
    config_.searches[users].filter = "(uid=*)";
    start();
    EXPECT_EQ(stream_->refresh_reason(), RefreshReason::configuration);
    send(user("eva", 5, "new"));
    events();  // the refresh has begun to have effects
    EXPECT_EQ(stream_->seen_in_refresh(), 1);
    end_refresh({users, groups, roles}, cookie(10));
    events();
    EXPECT_EQ(stream_->content().withheld, 1) << "max is not shown by the new filter";
    EXPECT_EQ(stream_->content().entries, (std::array<std::size_t, 4>{2, 0, 0, 0}));
}

TEST_F(Metrics, ALostConnectionHasAReason) {
    const auto reason_of = [this](const sync::DisconnectedMessage& message) {
        send(message);
        const auto reason = stream_->session_end()->reason;
        reconnect();
        return reason;
    };
    EXPECT_EQ(reason_of({.why = "x"}), metrics::LossReason::transient);
    EXPECT_EQ(reason_of({.why = "x", .error_class = ldap::ErrorClass::auth}), metrics::LossReason::refused);
    EXPECT_EQ(reason_of({.why = "x", .unreadable = metrics::UnreadableReason::sync_info}),
              metrics::LossReason::malformed);
    EXPECT_EQ(reason_of({.why = "x", .queue_full = true}), metrics::LossReason::queue_full);
    send(sync::DisconnectedMessage{.why = "x", .unreadable = metrics::UnreadableReason::order});
    EXPECT_EQ(stream_->session_end()->unreadable, metrics::UnreadableReason::order);
    reconnect();
    stream_->resync();
    EXPECT_EQ(stream_->session_end()->reason, metrics::LossReason::ours);
    source_.lost(metrics::LossReason::malformed, metrics::UnreadableReason::sync_info);
    EXPECT_EQ(series("entstream_source_unreadable_entries_total", "reason=\"sync_info\","), "1");
    EXPECT_EQ(series("entstream_source_unreadable_entries_total", "reason=\"order\","), "0");
}

TEST_F(Metrics, OnlyWhatIsCommittedCounts) {
    v1::Change change;
    change.set_kind(v1::KIND_USER);
    change.set_operation(v1::OPERATION_CREATE);
    change.set_phase(v1::PHASE_PERSIST);
    const std::string created = R"(entity="user",operation="create",)";
    {
        publish::Publisher publisher(log_, "test", "log", 1000, 0);
        publisher.report_to(source_);
        publisher.change("user/x", change);
        publisher.heartbeat(std::chrono::system_clock::time_point(std::chrono::seconds(1000)));
        EXPECT_EQ(series("entstream_source_changes_total", created), "0");
        publisher.commit();
        EXPECT_EQ(series("entstream_source_changes_total", created), "1");
        EXPECT_EQ(series("entstream_source_watermark_timestamp_seconds"), "1000");
        EXPECT_EQ(series("entstream_source_transactions_total", "result=\"committed\","), "1");
        publisher.change("user/y", change);
        publisher.heartbeat(std::chrono::system_clock::time_point(std::chrono::seconds(2000)));
    }  // its life ends: the transaction is lost
    log_.drop_open_transaction();
    EXPECT_EQ(series("entstream_source_transactions_total", "result=\"aborted\","), "1");
    publish::Publisher next(log_, "test", "log", 2000, 0);
    next.report_to(source_);
    next.state("source", nullptr);
    next.commit();
    EXPECT_EQ(series("entstream_source_changes_total", created), "1");
    EXPECT_EQ(series("entstream_source_watermark_timestamp_seconds"), "1000");
    EXPECT_NE(metrics_.text().find(R"(stage_duration_seconds_count{source="test",stage="observed_to_committed"} 1)"),
              std::string::npos);
}

}  // namespace
}  // namespace entstream::producer::test
