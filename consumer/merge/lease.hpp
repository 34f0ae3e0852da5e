#pragma once

#include <pqxx/connection>
#include <pqxx/transaction_base>

#include <chrono>
#include <optional>
#include <string>

#include "consumer/merge/sql_templates.hpp"

/// Which process serves a Moodle: one at a time, whatever its target's name and sources (entstream.lease). Session
/// locks of PostgreSQL would not do: a pooler in transaction mode hands sessions on. So it is a row with a token, which
/// every transaction that writes locks and compares first, with a sign of life that grows old.
namespace entstream::consumer::merge {

/// How old the last sign of life may be before another process takes over.
inline constexpr std::chrono::seconds lease_patience{15};

/// A session of the server that is our own, with no pooler between.
struct ServerSession {
    int backend{};      ///< the server's process
    std::string began;  ///< when, as the server says it: numbers of processes come again
};

/// Takes the lease, or takes it again after a reconnect, unless another process that lives has it.
/// \param limits  what begins a transaction (time_limits())
/// \param place   for messages
/// \returns our session, where no pooler is between us and the server
/// \throws Occupied
std::optional<ServerSession> take_lease(pqxx::connection& connection, SqlTemplates sql, const std::string& limits,
                                        const std::string& place);

/// Ends a session that this process had before its connection broke: what it holds locked stays so until the server
/// notices that nobody is there.
void end_session(pqxx::connection& connection, SqlTemplates sql, const ServerSession& session);

/// Says that we live, and holds the lease until the end of the transaction. \throws Fenced another process has it
void renew_lease(pqxx::transaction_base& transaction, const SqlTemplates& sql, const std::string& place);

/// Leaves it to whoever comes next. Tries only: a lease that is not given back grows old.
void give_lease_back(pqxx::connection& connection, const SqlTemplates& sql, const std::string& limits) noexcept;

/// "host:pid (target 'moodle', sources rennes, nantes)": who has the lease.
std::string lease_holder(pqxx::transaction_base& transaction, const SqlTemplates& sql);

}  // namespace entstream::consumer::merge
