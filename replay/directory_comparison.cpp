#include "replay/directory_comparison.hpp"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <thread>
#include <variant>
#include <vector>

#include "common/kafka/log_reader.hpp"
#include "common/model/topics.hpp"
#include "common/runtime/exit_code.hpp"
#include "entstream/v1/change.pb.h"
#include "producer/app/ldap_side_reads.hpp"
#include "producer/app/restored_log.hpp"
#include "producer/app/stop_source.hpp"
#include "producer/publish/container_searches.hpp"
#include "producer/publish/content.hpp"
#include "producer/publish/log_writer.hpp"
#include "producer/publish/publisher.hpp"
#include "producer/publish/reconcile.hpp"
#include "producer/publish/selection.hpp"
#include "producer/sync/full_reader.hpp"

namespace entstream::replay {

namespace publish = producer::publish;
namespace sync = producer::sync;
using std::chrono::system_clock;

namespace {

constexpr std::size_t images_at_once = 1000;
constexpr std::size_t queue_octets = 8UL << 20U;

const char* word_of(v1::Operation operation) {
    switch (operation) {
        case v1::OPERATION_CREATE:
            return "create";
        case v1::OPERATION_UPDATE:
            return "update";
        case v1::OPERATION_DELETE:
            return "delete";
        default:
            return "other";
    }
}

/// Takes what a producer would publish, and publishes nothing.
class Difference : public publish::LogWriter {
  public:
    void begin() override {}
    void write(publish::Topic topic, std::string_view key, std::optional<std::string_view> value,
               std::span<const kafka::Header> /*headers*/) override {
        ParsedKey parsed;
        v1::Change change;
        if (topic != publish::Topic::changes || !value || key.starts_with("meta/") || !parse_key(key, parsed) ||
            !change.ParseFromArray(value->data(), static_cast<int>(value->size()))) {
            return;
        }
        found_[std::string(key)] = word_of(change.operation());
    }
    void commit() override {}

    /// Operations by key.
    std::map<std::string, std::string>& found() { return found_; }

  private:
    std::map<std::string, std::string> found_;
};

/// The directory against the index of what the log says.
class Comparison {
  public:
    Comparison(const producer::ProducerConfig& config, const runtime::StopSignal& stop, Progress& progress)
        : config_(publish::with_container_searches(publish::agree_by_kind(config))),
          stop_(stop),
          stop_source_(stop),
          progress_(progress) {}

    /// \returns false: told to stop
    bool run() {
        const std::string topic = Topics::of(config_.kafka.topic_prefix, config_.source).changes;
        kafka::LogReader tail(config_.kafka, topic, 0);
        tail_ = tail.bounds().end;
        progress_.begin("reading the log of " + config_.source);
        const publish::Restored restored =
            producer::app::restore_from_topics(config_, index_, [this] { return !stop_.requested(); });
        if (stop_.requested()) {
            return false;
        }
        if (restored.log_id.empty()) {
            throw runtime::ProgramError(runtime::ExitCode::incomplete,
                                        "topic " + topic + " is empty: entstream-producer of source " + config_.source +
                                            " has not published anything yet");
        }
        publish::Publisher publisher(difference_, config_.source, restored.log_id, restored.last_sequence,
                                     restored.last_revision);
        producer::app::LdapSideReads side(config_, stop_source_.token());
        publish::Content content(config_, index_, publisher, side, [] {});
        content.restore(restored);
        difference_.found().clear();
        std::vector<std::size_t> searches(config_.searches.size());
        std::iota(searches.begin(), searches.end(), 0);
        const publish::ReconcileParts parts{.config = config_,
                                            .index = index_,
                                            .publisher = publisher,
                                            .content = content,
                                            .side = side,
                                            .generation = 1,
                                            .follow_renames = [](const std::vector<publish::Rename>&) {},
                                            .commit_if_full = [] {}};
        publish::Reconcile reconcile(parts, searches);
        progress_.begin("comparing the directory of " + config_.source);
        for (auto outcome = publish::Reconcile::Outcome::read_again;
             outcome != publish::Reconcile::Outcome::complete;) {
            if (outcome == publish::Reconcile::Outcome::read_again && !read(reconcile, searches)) {
                return false;
            }
            outcome = reconcile.step();
        }
        read_at_ = system_clock::now();
        content.update_nested(v1::PHASE_RECONCILE, true);
        compared_ = reconcile.counts().compared;
        return true;
    }

    /// Forgets what the producer has published since the log was read. \returns how many that were
    std::size_t forget_published(std::chrono::milliseconds patience, std::optional<std::chrono::seconds>& behind) {
        const auto before = difference_.found().size();
        kafka::LogReader reader(config_.kafka, Topics::of(config_.kafka.topic_prefix, config_.source).changes, tail_);
        const auto give_up = std::chrono::steady_clock::now() + patience;
        progress_.begin("waiting for the producer of " + config_.source);
        while (!stop_.requested() && std::chrono::steady_clock::now() < give_up) {
            const auto record = reader.poll(std::chrono::milliseconds(100));
            if (!record) {
                continue;
            }
            if (record->key() != heartbeat_key) {
                difference_.found().erase(std::string(record->key()));
                continue;
            }
            v1::Heartbeat heartbeat;
            if (record->value() &&
                heartbeat.ParseFromArray(record->value()->data(), static_cast<int>(record->value()->size()))) {
                const auto lag = read_at_ - time_of(heartbeat);
                behind = std::chrono::ceil<std::chrono::seconds>(std::max(lag, system_clock::duration::zero()));
                if (lag <= system_clock::duration::zero()) {
                    break;
                }
            }
        }
        return before - difference_.found().size();
    }

    [[nodiscard]] std::size_t compared() const { return compared_; }
    std::map<std::string, std::string>& found() { return difference_.found(); }

  private:
    static system_clock::time_point time_of(const v1::Heartbeat& heartbeat) {
        return system_clock::time_point(std::chrono::microseconds(
            google::protobuf::util::TimeUtil::TimestampToMicroseconds(heartbeat.watermark())));
    }

    /// Reads all searches to their end. \returns false: told to stop
    bool read(publish::Reconcile& reconcile, const std::vector<std::size_t>& searches) {
        sync::FullReader reader(config_, searches, queue_octets);
        while (!reconcile.all_ended()) {
            if (stop_.requested()) {
                return false;
            }
            auto messages = reader.pop_all(images_at_once);
            if (messages.empty()) {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            for (sync::Message& message : messages) {
                if (const auto* entry = std::get_if<sync::EntryMessage>(&message)) {
                    reconcile.entry(*entry);
                } else if (const auto* end = std::get_if<sync::DoneMessage>(&message)) {
                    reconcile.ended(end->search);
                } else if (const auto* broken = std::get_if<sync::DisconnectedMessage>(&message)) {
                    throw runtime::ProgramError(runtime::ExitCode::unavailable,
                                                "the directory of source " + config_.source +
                                                    " was not read to its end, so nothing can be said: " + broken->why);
                }
            }
            progress_.show(static_cast<std::int64_t>(reconcile.counts().compared), 0);
        }
        return true;
    }

    producer::ProducerConfig config_;
    const runtime::StopSignal& stop_;
    producer::app::StopSource stop_source_;
    Progress& progress_;
    producer::index::Index index_;
    Difference difference_;
    std::int64_t tail_ = 0;  ///< what is written to the log from here on may be newer than the index
    system_clock::time_point read_at_;
    std::size_t compared_ = 0;
};

}  // namespace

DirectoryComparison compare_with_directory(const producer::ProducerConfig& config, std::chrono::milliseconds patience,
                                           const runtime::StopSignal& stop, Progress& progress,
                                           const std::function<void(const DirectoryDifference&)>& take) {
    DirectoryComparison result;
    Comparison comparison(config, stop, progress);
    result.stopped = !comparison.run();
    if (result.stopped) {
        return result;
    }
    result.compared = static_cast<std::int64_t>(comparison.compared());
    if (!comparison.found().empty()) {
        result.moved = static_cast<std::int64_t>(comparison.forget_published(patience, result.behind));
        result.stopped = stop.requested();
    }
    for (const auto& [key, operation] : comparison.found()) {
        const std::string kind = key.substr(0, key.find('/'));
        ++result.differences[{kind, operation}];
        if (take) {
            take({.key = key, .kind = kind, .operation = operation});
        }
    }
    return result;
}

}  // namespace entstream::replay
