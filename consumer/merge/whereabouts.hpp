#pragma once

#include <pqxx/transaction>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/uuid.hpp"
#include "consumer/consumer_config.hpp"
#include "consumer/merge/database.hpp"
#include "consumer/merge/sql_templates.hpp"

namespace entstream::consumer::merge {

/// A row of the database by the names of its columns, as texts; NULLs are left out. Holds personal data.
using Facts = std::map<std::string, std::string>;

/// What Moodle and entstream's own tables have of an entry, as of one moment: a READ ONLY transaction on a connection
/// of its own, which ends with the object. Claims nothing, waits for no lock.
class Whereabouts {
  public:
    /// \throws Unreachable, AccessRefused, TargetError  no server, no right, no Moodle there
    explicit Whereabouts(const ConsumerConfig& config);

    /// Whether entstream has been at work here; nothing can be asked otherwise.
    [[nodiscard]] bool has_schema();

    /// The entries whose account has this username, or that wait for it.
    std::vector<Uuid> named(std::string_view username);

    /// The rows of the query sql/explain/<query>.sql about an entry.
    /// \param kind  user, cohort or role
    /// \param key   of its record on the log
    std::vector<Facts> ask(const std::string& query, const std::string& source, const Uuid& uuid,
                           const std::string& kind, const std::string& key);

  private:
    Connection connection_;
    std::string limits_;
    pqxx::transaction<pqxx::repeatable_read, pqxx::read_only> transaction_;
    SqlTemplates sql_;
};

}  // namespace entstream::consumer::merge
