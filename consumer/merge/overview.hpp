#pragma once

#include <pqxx/transaction>

#include <string>

#include "consumer/consumer_config.hpp"
#include "consumer/merge/database.hpp"
#include "consumer/merge/sql_templates.hpp"

namespace entstream::consumer::merge {

/// What entstream's own tables say of a Moodle as a whole, as of one moment: a READ ONLY transaction on a connection of
/// its own, which ends with the object. Claims nothing, waits for no lock. Its answers hold no personal data.
class Overview {
  public:
    /// \throws Unreachable, AccessRefused, TargetError  no server, no right, no Moodle there, another version's tables
    explicit Overview(const ConsumerConfig& config);

    /// Whether entstream has been at work here; nothing can be asked otherwise.
    [[nodiscard]] bool has_schema() const { return has_schema_; }

    /// A JSON object: which process serves this Moodle, and the last runs (sql/status/target.sql).
    std::string target(int runs);

    /// A JSON object: where a source stands, and what waits (sql/status/source.sql).
    std::string source(const std::string& source);

    /// A JSON object: which records of a source wait that became dead letters (sql/status/letters.sql).
    std::string letters(const std::string& source);

  private:
    Connection connection_;
    std::string limits_;
    pqxx::transaction<pqxx::repeatable_read, pqxx::read_only> transaction_;
    SqlTemplates sql_;
    bool has_schema_;
};

}  // namespace entstream::consumer::merge
