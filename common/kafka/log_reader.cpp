#include "common/kafka/log_reader.hpp"

#include <sys/eventfd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <system_error>

#include "common/kafka/client.hpp"
#include "common/kafka/metadata.hpp"

namespace entstream::kafka {

namespace {

constexpr std::uint64_t event_payload = 1;
constexpr std::size_t most_fetched_at_once = 1UL << 20U;

std::map<std::string, std::string> settings(const std::string& topic, const LogReaderOptions& options) {
    return {
        // librdkafka wants a group for assign() even where nothing joins or commits.
        {"group.id", options.group.empty() ? topic + ".reader" : options.group},
        // Nothing joins; but a hint that finds no coordinator is kept, and the client with it, for this long.
        {"session.timeout.ms", "1000"},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"isolation.level", "read_committed"},
        {"auto.offset.reset", "error"},
        {"enable.partition.eof", "true"},
        {"check.crcs", "true"},
        // The bound is one of bytes; librdkafka 2.0.2 pauses fetching for a second when the number is reached first.
        {"queued.max.messages.kbytes", std::to_string(options.queue_bytes / 1024)},
        {"queued.min.messages", "10000000"},
        // Of compressed records: what comes at once unpacks to ten times as much.
        {"fetch.message.max.bytes", std::to_string(std::min(most_fetched_at_once, options.queue_bytes / 32))},
        {"fetch.wait.max.ms", std::to_string(options.longest_fetch.count())},
    };
}

PartitionListHandle partition_zero(const std::string& topic, std::int64_t offset) {
    PartitionListHandle list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), 0)->offset = offset;
    return list;
}

runtime::FileDescriptor make_event() {
    const int descriptor = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (descriptor < 0) {
        throw std::system_error(errno, std::generic_category(), "eventfd");
    }
    return runtime::FileDescriptor(descriptor);
}

LogBounds ask_bounds(rd_kafka_t* client, const std::string& topic, std::chrono::milliseconds patience) {
    LogBounds result;
    const auto error = rd_kafka_query_watermark_offsets(client, topic.c_str(), 0, &result.first, &result.end,
                                                        static_cast<int>(patience.count()));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        raise("ask for the end of topic " + topic, error, "");
    }
    return result;
}

/// Where the log ends, records of open transactions included. What read_committed calls the end follows a commit by
/// some moments, and goes back with a broker that restarts: no reason to believe that the log was truncated.
std::int64_t end_with_open_transactions(const KafkaConfig& config, const std::string& topic,
                                        const LogReaderOptions& options) {
    auto all = settings(topic, options);
    all["isolation.level"] = "read_uncommitted";
    return ask_bounds(make_client(RD_KAFKA_CONSUMER, make_conf(config, all)).get(), topic, options.patience).end;
}

}  // namespace

LogReader::LogReader(const KafkaConfig& config, std::string topic, std::int64_t offset, const LogReaderOptions& options)
    : topic_(std::move(topic)),
      has_group_(!options.group.empty()),
      start_(offset),
      queue_bytes_(options.queue_bytes),
      event_(make_event()),
      client_(make_client(RD_KAFKA_CONSUMER, make_conf(config, settings(topic_, options))).release()),
      queue_(rd_kafka_queue_get_consumer(client_.get())) {
    rd_kafka_poll_set_consumer(client_.get());
    fetch_topic(client_.get(), topic_, options.patience);
    LogBounds log = bounds(options.patience);
    if (offset > log.end) {
        log.end = end_with_open_transactions(config, topic_, options);
    }
    if (offset > log.end || (offset < log.first && offset != 0)) {
        raise("read topic " + topic_ + " from offset " + std::to_string(offset), RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE,
              "the log has " + std::to_string(log.first) + " to " + std::to_string(log.end) +
                  ": it was truncated or recreated");
    }
    rd_kafka_queue_io_event_enable(queue_.get(), event_.get(), &event_payload, sizeof event_payload);
    const auto list = partition_zero(topic_, offset == 0 ? RD_KAFKA_OFFSET_BEGINNING : offset);
    if (const auto error = rd_kafka_assign(client_.get(), list.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        raise("read topic " + topic_, error, "");
    }
}

LogReader::~LogReader() {
    // The client may outlive the descriptor (ConsumerDeleter), whose number then means something else.
    rd_kafka_queue_io_event_enable(queue_.get(), -1, nullptr, 0);
}

MessageHandle LogReader::next_message(std::chrono::milliseconds timeout) {
    MessageHandle message(rd_kafka_consumer_poll(client_.get(), static_cast<int>(timeout.count())));
    if (!message) {
        // The event marks an empty queue that got something. Cleared before the queue is looked at for the last time,
        // it cannot hide anything.
        std::uint64_t events = 0;
        [[maybe_unused]] const auto ignored = ::read(event_.get(), &events, sizeof events);
        message.reset(rd_kafka_consumer_poll(client_.get(), 0));
    }
    if (!message) {
        taken_bytes_ = 0;  // an empty queue does not hold the fetcher back
    }
    return message;
}

std::optional<Record> LogReader::poll(std::chrono::milliseconds timeout) {
    auto message = next_message(timeout);
    while (message) {
        if (auto record = take(std::move(message))) {
            return record;
        }
        message = next_message(std::chrono::milliseconds(0));
    }
    return std::nullopt;
}

void LogReader::wake_fetcher_when_due(const rd_kafka_message_t& taken) {
    taken_bytes_ += taken.len + taken.key_len;
    if (taken_bytes_ < queue_bytes_ / 2) {
        return;
    }
    taken_bytes_ = 0;
    if (!question_.valid() || question_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
        question_ = std::async(std::launch::async, [this] { wake_fetcher(); });
    }
}

void LogReader::wake_fetcher() const {
    constexpr std::chrono::milliseconds patience_with_question{50};
    try {
        static_cast<void>(bounds(patience_with_question));
    } catch (const Error&) {
        // An outage: the fetcher has other reasons to wait.
    }
}

std::optional<Record> LogReader::take(MessageHandle message) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        at_end_ = false;
        wake_fetcher_when_due(*message);
        return Record(std::move(message));
    }
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        at_end_ = true;
        return std::nullopt;
    }
    const bool missing = message->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
                         message->err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
                         message->err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
    if (!missing && classify(message->err, {}) == ErrorClass::transient) {
        return std::nullopt;
    }
    const char* reason = rd_kafka_message_errstr(message.get());
    raise("read topic " + topic_ + " at offset " + std::to_string(position()), message->err,
          reason == nullptr ? "" : reason);
}

std::int64_t LogReader::position() const {
    const auto list = partition_zero(topic_, RD_KAFKA_OFFSET_INVALID);
    rd_kafka_position(client_.get(), list.get());
    const std::int64_t offset = list->elems[0].offset;
    return offset < 0 ? start_ : offset;
}

LogBounds LogReader::bounds(std::chrono::milliseconds patience) const {
    return ask_bounds(client_.get(), topic_, patience);
}

std::optional<std::int64_t> LogReader::known_end() const {
    LogBounds known;
    const auto error = rd_kafka_get_watermark_offsets(client_.get(), topic_.c_str(), 0, &known.first, &known.end);
    return error == RD_KAFKA_RESP_ERR_NO_ERROR && known.end >= 0 ? std::optional(known.end) : std::nullopt;
}

std::optional<std::int64_t> LogReader::hinted_position(std::chrono::milliseconds patience) const {
    if (!has_group_) {
        return std::nullopt;
    }
    const auto list = partition_zero(topic_, RD_KAFKA_OFFSET_INVALID);
    const auto error = rd_kafka_committed(client_.get(), list.get(), static_cast<int>(patience.count()));
    const rd_kafka_topic_partition_t& found = list->elems[0];
    const bool is_known = error == RD_KAFKA_RESP_ERR_NO_ERROR && found.err == RD_KAFKA_RESP_ERR_NO_ERROR;
    return is_known && found.offset >= 0 ? std::optional(found.offset) : std::nullopt;
}

void LogReader::check_topic(std::chrono::milliseconds patience) const {
    fetch_topic(client_.get(), topic_, patience);
}

void LogReader::hint_position(std::int64_t next_offset) {
    if (has_group_) {
        rd_kafka_commit(client_.get(), partition_zero(topic_, next_offset).get(), 1);
    }
}

namespace {

/// Of those who read a topic to a known end.
LogReaderOptions options_to_end() {
    // Records come faster than they are used: what is fetched ahead would only take memory.
    constexpr std::size_t fetched_ahead = 8UL << 20U;
    // The broker says that the end is reached when it has waited for more so long; other questions wait for that, too.
    constexpr std::chrono::milliseconds longest_fetch{10};
    return {.group = {},
            .queue_bytes = fetched_ahead,
            .longest_fetch = longest_fetch,
            .patience = std::chrono::seconds(10)};
}

std::int64_t read_up_to(LogReader& reader, std::int64_t end, const std::function<void(const Record&)>& use,
                        const std::function<bool()>& keep_on, std::chrono::milliseconds patience) {
    constexpr std::chrono::milliseconds slice{50};  // how soon keep_on's answer is heard while nothing comes
    auto last_news = std::chrono::steady_clock::now();
    std::chrono::milliseconds wait{0};
    // Behind the last record there may be control records, which only the reader's position shows, or the notice of the
    // end.
    while (reader.position() < end && !reader.at_end() && keep_on()) {
        while (const auto record = reader.poll(wait)) {
            if (record->offset() >= end) {
                return reader.position();
            }
            use(*record);
            last_news = std::chrono::steady_clock::now();
            wait = std::chrono::milliseconds(0);
            if (record->offset() + 1 >= end || !keep_on()) {
                return reader.position();
            }
        }
        if (std::chrono::steady_clock::now() - last_news > patience) {
            raise("read topic " + reader.topic() + " to its end", RD_KAFKA_RESP_ERR__TIMED_OUT,
                  "stopped at offset " + std::to_string(reader.position()) + " of " + std::to_string(end));
        }
        reader.wake_fetcher();
        wait = slice;
    }
    return reader.position();
}

}  // namespace

std::int64_t read_to_end(const KafkaConfig& config, const std::string& topic,
                         const std::function<void(const Record&)>& use, const std::function<bool()>& keep_on,
                         std::chrono::milliseconds patience) {
    LogReader reader(config, topic, 0, options_to_end());
    return read_up_to(reader, reader.bounds(patience).end, use, keep_on, patience);
}

bool find_newest(const KafkaConfig& config, const std::string& topic,
                 const std::function<bool(const Record&)>& is_meant, std::chrono::milliseconds patience) {
    constexpr std::int64_t first_stretch = 1000;
    constexpr std::int64_t growth = 10;
    const LogReaderOptions options = options_to_end();
    const auto client = make_client(RD_KAFKA_CONSUMER, make_conf(config, settings(topic, options)));
    fetch_topic(client.get(), topic, options.patience);
    const LogBounds log = ask_bounds(client.get(), topic, options.patience);
    bool is_found = false;
    std::int64_t end = log.end;
    for (std::int64_t stretch = first_stretch; !is_found && end > log.first; stretch *= growth) {
        const std::int64_t begin = std::max(end - stretch, log.first);
        LogReader reader(config, topic, begin, options);
        read_up_to(
            reader, end, [&](const Record& record) { is_found = is_meant(record) || is_found; }, [] { return true; },
            patience);
        end = begin;
    }
    return is_found;
}

}  // namespace entstream::kafka
