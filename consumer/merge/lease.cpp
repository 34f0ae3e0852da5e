#include "consumer/merge/lease.hpp"

#include <pqxx/except>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <pqxx/transaction>
#include <spdlog/spdlog.h>

#include <exception>

#include "consumer/merge/failure.hpp"

namespace entstream::consumer::merge {
namespace {

std::string holder_of(const pqxx::row& lease) {
    return "the process " + lease["owner"].as<std::string>() + " (target '" + lease["target"].as<std::string>() +
           "', sources " + lease["sources"].as<std::string>() + ")";
}

SqlTemplates with_patience(SqlTemplates sql) {
    sql.set("lease_seconds", std::to_string(lease_patience.count()));
    return sql;
}

}  // namespace

std::optional<ServerSession> take_lease(pqxx::connection& connection, SqlTemplates sql, const std::string& limits,
                                        const std::string& place) {
    pqxx::work transaction(connection);
    const pqxx::row lease = transaction.exec1(limits + with_patience(sql)("open/lease_look"));
    if (!lease["ours"].as<bool>() && lease["lives"].as<bool>()) {
        throw Occupied(holder_of(lease) + " serves the Moodle in " + place + ", and gave its last sign of life " +
                       lease["silent_seconds"].as<std::string>() +
                       " s ago: stop it, or do not start this one; one process serves a Moodle, with all its sources");
    }
    sql.set("session", std::to_string(connection.backendpid()));
    transaction.exec0(sql("open/lease_take"));
    const pqxx::row session = transaction.exec1("SELECT backend, backend_start::text FROM entstream.lease");
    transaction.commit();
    if (session[0].is_null()) {
        return std::nullopt;
    }
    return ServerSession{.backend = session[0].as<int>(), .began = session[1].as<std::string>()};
}

void end_session(pqxx::connection& connection, SqlTemplates sql, const ServerSession& session) {
    sql.set("backend", std::to_string(session.backend));
    sql.set("backend_start", connection.quote(session.began));
    try {
        pqxx::nontransaction(connection).exec(sql("open/end_session"));
    } catch (const pqxx::insufficient_privilege& refused) {
        spdlog::debug("the former session is left to the server's time limits: {}", refused.what());
    }
}

void renew_lease(pqxx::transaction_base& transaction, const SqlTemplates& sql, const std::string& place) {
    if (transaction.exec(sql("open/lease_renew")).affected_rows() == 0) {
        throw Fenced(lease_holder(transaction, sql) + " serves the Moodle in " + place +
                     " now: stop it, or do not start this one");
    }
}

void give_lease_back(pqxx::connection& connection, const SqlTemplates& sql, const std::string& limits) noexcept {
    try {
        pqxx::work transaction(connection);
        transaction.exec(limits + sql("open/lease_give_back"));
        transaction.commit();
    } catch (const std::exception& failure) {
        spdlog::debug("the lease is not given back: {}", failure.what());
    }
}

std::string lease_holder(pqxx::transaction_base& transaction, const SqlTemplates& sql) {
    const pqxx::result found = transaction.exec(with_patience(sql)("open/lease_look"));
    return holder_of(found[0]);
}

}  // namespace entstream::consumer::merge
