#pragma once

#include <pqxx/connection>

#include <memory>
#include <string>

#include "consumer/consumer_config.hpp"
#include "consumer/merge/refused_connection.hpp"

namespace entstream::consumer::merge {

/// How to reach a database. A server that vanished is noticed within 15 s by TCP itself (runtime/tcp_limits.hpp).
ConnectionParameters connection_parameters(const DatabaseConfig& config);

/// A connection to Moodle's database. Nothing is set on the session: PgBouncer in transaction mode works.
class Connection {
  public:
    /// \throws Unreachable no server answers there, or it is starting up or full
    /// \throws AccessRefused the server answers but refuses us (user, password, database, TLS)
    explicit Connection(const DatabaseConfig& config);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// \throws Unreachable the connection is known to be lost (libpqxx would mend it behind our back)
    pqxx::connection& get();

    [[nodiscard]] bool is_open() const;

  private:
    class NoticeLogger;
    std::string place_;  ///< for messages
    std::unique_ptr<pqxx::connection> connection_;
    std::unique_ptr<NoticeLogger> notices_;
};

/// Where a database is, for messages: `database 'moodle' on 127.0.0.1:5432 (schema 'public', prefix 'mdl_')`.
std::string describe(const DatabaseConfig& config);

}  // namespace entstream::consumer::merge
