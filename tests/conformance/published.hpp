#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/kafka/kafka_config.hpp"
#include "common/kafka/log_reader.hpp"
#include "common/model/topics.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream::test {

/// The committed records of a changes topic, each as one line that shows all that a consumer could go by:
///
///     create user eva uid=eva,ou=people {sn=x uid=eva}
///     update user eva [uid] uid=eve,ou=people was uid=eva,ou=people {sn=x uid=eve}
///     delete user eva uid=eve,ou=people (deleted or filtered)
///     create group g cn=g,ou=groups {cn=g}
///     create member g eva
///     tombstone member g
///
/// An entry is called by what the RDN was when its UUID came first; another UUID of the same name gets a prime
/// (`eva'`). So a line tells whose UUID it is. A member that names nobody known is `nobody (<value>)`. Attributes and
/// values are in alphabetical order, without createTimestamp. The branch of the test is left out of DNs.
///
/// Every record is checked for what holds for all: its key, a rising sequence, a phase, a CSN and an after-image where
/// there must be one.
class Published {
  public:
    /// \param base    DN that is left out
    /// \param hidden  records of entries whose names begin so are taken, but not told
    Published(const kafka::KafkaConfig& config, const std::string& source, const std::string& base, std::string hidden);

    /// Reads what there is now, appended to lines().
    void read();
    /// Takes the lines that were read since the last call.
    std::vector<std::string> take();

    /// What is there: last record by key.
    [[nodiscard]] const std::map<std::string, v1::Change>& entries() const { return entries_; }
    [[nodiscard]] const std::map<std::string, v1::Change>& members() const { return members_; }
    /// Whether an entry, or a resolved member, of this name is there, hidden ones included.
    [[nodiscard]] bool has(const std::string& name) const;
    [[nodiscard]] bool has_member(const std::string& parent, const std::string& member) const;
    /// All records of entries and members, in order.
    [[nodiscard]] const std::vector<v1::Change>& changes() const { return changes_; }

  private:
    void take(const kafka::Record& record);
    void check(const v1::Change& change, const ParsedKey& key);
    void apply(const std::string& record_key, const ParsedKey& key, const v1::Change& change);
    void name(const v1::Change& change);
    [[nodiscard]] std::string name_of(const std::string& uuid) const;
    [[nodiscard]] std::string describe(const v1::Change& change, const ParsedKey& key) const;
    [[nodiscard]] std::string without_base(const std::string& dn) const;
    void tell(const std::string& line, const std::string& name);

    kafka::LogReader reader_;
    std::string base_;
    std::string hidden_;
    std::map<std::string, std::string> names_;  ///< by octets of the UUID
    std::set<std::string> taken_names_;
    std::map<std::string, v1::Change> entries_;
    std::map<std::string, v1::Change> members_;
    std::vector<v1::Change> changes_;
    std::vector<std::string> lines_;
    std::uint64_t last_sequence_ = 0;
};

}  // namespace entstream::test
