#include "consumer/merge/patient_connection.hpp"

#include <poll.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

namespace entstream::consumer::merge {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t sqlstate_length = 5;
constexpr std::chrono::milliseconds slice{100};  // between questions whether to give up

/// Waits for the socket. \returns whether it is ready before the deadline
bool wait_for(PGconn* connection, short events, Clock::time_point deadline, const GiveUp& give_up) {
    while (!give_up()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) {
            return false;
        }
        pollfd waiting{.fd = PQsocket(connection), .events = events, .revents = 0};
        if (::poll(&waiting, 1, static_cast<int>(std::min(left, slice).count())) != 0) {
            return true;
        }
    }
    return false;
}

/// Begins to connect without waiting: only so the form of its error messages can be chosen before there is one.
PatientConnection begin_to_connect(const ConnectionParameters& parameters) {
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : parameters) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    return PatientConnection(PQconnectStartParams(names.data(), values.data(), 0));
}

}  // namespace

ConnectionAttempt connect_within(const ConnectionParameters& parameters, std::chrono::milliseconds patience,
                                 const GiveUp& give_up) {
    ConnectionAttempt attempt{.connection = begin_to_connect(parameters), .made = false};
    PGconn* connection = attempt.connection.get();
    if (connection == nullptr) {
        return attempt;
    }
    PQsetErrorVerbosity(connection, PQERRORS_SQLSTATE);
    if (PQstatus(connection) == CONNECTION_BAD) {
        return attempt;
    }
    const auto deadline = Clock::now() + patience;
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    while (status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED) {
        if (!wait_for(connection, status == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline, give_up)) {
            return attempt;
        }
        status = PQconnectPoll(connection);
    }
    attempt.made = status == PGRES_POLLING_OK;
    return attempt;
}

ResultHandle ask_within(PGconn* connection, const std::string& query, std::chrono::milliseconds patience,
                        const GiveUp& give_up) {
    if (PQsendQuery(connection, query.c_str()) != 1) {
        return nullptr;
    }
    const auto deadline = Clock::now() + patience;
    while (PQisBusy(connection) != 0) {
        if (!wait_for(connection, POLLIN, deadline, give_up) || PQconsumeInput(connection) != 1) {
            return nullptr;
        }
    }
    ResultHandle first(PQgetResult(connection));
    while (const ResultHandle rest{PQgetResult(connection)}) {
    }
    return first;
}

/// With PQERRORS_SQLSTATE the message of a server is `FATAL:  53300`, behind libpq's own words; the last line counts
/// where several addresses were tried. Empty: libpq gave up by itself.
std::string sqlstate_in(std::string_view message) {
    while (!message.empty() && message.back() == '\n') {
        message.remove_suffix(1);
    }
    const std::string_view tail = message.substr(message.size() - std::min(message.size(), sqlstate_length + 2));
    if (tail.size() != sqlstate_length + 2 || !tail.starts_with("  ")) {
        return {};
    }
    const std::string_view state = tail.substr(2);
    const bool is_state = std::all_of(state.begin(), state.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0 || std::isupper(c) != 0; });
    return is_state ? std::string(state) : std::string();
}

}  // namespace entstream::consumer::merge
