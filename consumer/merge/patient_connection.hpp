#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "consumer/merge/refused_connection.hpp"

/// Connections of libpq whose every step has an end, however silent the server is.
namespace entstream::consumer::merge {

struct FinishConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using PatientConnection = std::unique_ptr<PGconn, FinishConnection>;

/// Asked every now and then while somebody waits: true gives up.
using GiveUp = std::function<bool()>;

struct ConnectionAttempt {
    PatientConnection connection;  ///< null: out of memory; PQstatus() says whether it is one
    bool made = false;
};

/// Connects within `patience`. Messages of a server are `FATAL:  <SQLSTATE>`.
ConnectionAttempt connect_within(
    const ConnectionParameters& parameters, std::chrono::milliseconds patience,
    const GiveUp& give_up = [] { return false; });

struct FreeResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, FreeResult>;

/// Runs one query. \returns null: no answer within `patience`, or the connection broke
ResultHandle ask_within(PGconn* connection, const std::string& query, std::chrono::milliseconds patience,
                        const GiveUp& give_up);

/// The SQLSTATE in a message of connect_within(); empty: no server has spoken.
std::string sqlstate_in(std::string_view message);

}  // namespace entstream::consumer::merge
