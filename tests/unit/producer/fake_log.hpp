#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "producer/publish/log_writer.hpp"

namespace entstream::producer::test {

/// A log in memory that keeps what Kafka keeps: the order of records, and transactions as a whole. Breaking the rules
/// of LogWriter fails the test.
class FakeLog : public publish::LogWriter {
  public:
    struct Record {
        publish::Topic topic{};
        std::string key;
        std::optional<std::string> value;  ///< nullopt: tombstone
        std::map<std::string, std::string> headers;
        std::size_t transaction = 0;
    };

    void begin() override;
    void write(publish::Topic topic, std::string_view key, std::optional<std::string_view> value,
               std::span<const kafka::Header> headers) override;
    void commit() override;

    /// What a reader of committed records sees.
    [[nodiscard]] const std::vector<Record>& records() const { return records_; }
    [[nodiscard]] std::size_t transactions() const { return transactions_; }
    /// The last value of a key of the state topic.
    [[nodiscard]] std::optional<std::string> state(const std::string& key) const;
    /// As compaction does: only the last record of each key of the topics stays; tombstones go as well.
    void compact();
    /// The process dies: what was not committed is gone.
    void drop_open_transaction();
    /// Keeps the first records only.
    void truncate(std::size_t records) { records_.resize(records); }

  private:
    bool open_ = false;
    std::size_t transactions_ = 0;
    std::vector<Record> pending_;
    std::vector<Record> records_;
};

}  // namespace entstream::producer::test
