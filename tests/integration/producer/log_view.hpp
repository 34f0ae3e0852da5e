#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/kafka/kafka_config.hpp"
#include "common/kafka/log_reader.hpp"
#include "common/model/topics.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream::test {

/// A consumer's view of a changes topic: follows the committed records and keeps what they say there is. Entries are
/// told apart by UUID and named by their uid or cn.
class LogView {
  public:
    LogView(const kafka::KafkaConfig& config, const std::string& source);

    /// Reads on until a record is described by this text. \returns the descriptions of the records before it; meta
    /// records are left out. Fails the test when it does not come.
    std::vector<std::string> until(const std::string& description);
    /// Reads what there is now. \returns descriptions
    std::vector<std::string> rest();

    struct User {
        std::string dn;
        std::string sn;
        bool operator==(const User&) const = default;
    };
    /// By name.
    [[nodiscard]] std::map<std::string, User> users() const;
    /// Names of the resolved members by name of the group or role object.
    [[nodiscard]] std::map<std::string, std::set<std::string>> members() const;
    /// Number of CREATE records per key that were not preceded by a DELETE: 1 unless something was published twice.
    [[nodiscard]] int most_creates() const;

    [[nodiscard]] int heartbeats() const { return heartbeats_; }
    /// Of the last heartbeat that had one.
    [[nodiscard]] std::optional<std::chrono::system_clock::time_point> watermark() const { return watermark_; }

  private:
    std::optional<std::string> take(const kafka::Record& record);
    std::string describe(const v1::Change& change, const ParsedKey& key);
    void apply(const std::string& record_key, const ParsedKey& key, const v1::Change& change);

    kafka::LogReader reader_;
    std::map<std::string, std::string> names_;       ///< by octets of the UUID
    std::map<std::string, v1::Change> entries_;      ///< by record key
    std::map<std::string, v1::Change> memberships_;  ///< by record key
    std::map<std::string, int> creates_;             ///< by record key, since its last DELETE
    std::optional<std::chrono::system_clock::time_point> watermark_;
    int heartbeats_ = 0;
    std::uint64_t last_sequence_ = 0;
};

}  // namespace entstream::test
