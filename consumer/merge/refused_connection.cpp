#include "consumer/merge/refused_connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <memory>
#include <string_view>

namespace entstream::consumer::merge {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{5};
constexpr std::size_t sqlstate_length = 5;

struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Handle = std::unique_ptr<PGconn, Finish>;

/// Begins to connect without waiting: only so the form of its error messages can be chosen before there is one.
Handle begin(const ConnectionParameters& parameters) {
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : parameters) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    return Handle(PQconnectStartParams(names.data(), values.data(), 0));
}

/// \returns what came of it; PGRES_POLLING_FAILED too when the server takes too long
PostgresPollingStatusType finish(PGconn* connection) {
    const auto deadline = Clock::now() + patience;
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    while (status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd waiting{.fd = PQsocket(connection),
                       .events = static_cast<short>(status == PGRES_POLLING_READING ? POLLIN : POLLOUT),
                       .revents = 0};
        if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0) {
            return PGRES_POLLING_FAILED;
        }
        status = PQconnectPoll(connection);
    }
    return status;
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

/// What libpq itself refuses in a server that answers. Its own words are English: this program sets no locale.
bool is_refused_by_us(PGconn* connection, std::string_view message) {
    return PQconnectionNeedsPassword(connection) != 0 || message.find("certificate") != std::string_view::npos ||
           message.find("but SSL was required") != std::string_view::npos;
}

}  // namespace

Refusal refusal_of_sqlstate(const std::string& sqlstate) {
    const bool stays = sqlstate.starts_with("28") ||  // password, unknown role, pg_hba.conf
                       sqlstate == "3D000" ||         // no such database
                       sqlstate == "42501";           // no right CONNECT
    return stays ? Refusal::for_good : Refusal::for_now;
}

Refusal why_refused(const ConnectionParameters& parameters) {
    const Handle connection = begin(parameters);
    if (!connection) {
        return Refusal::no_answer;  // out of memory
    }
    PQsetErrorVerbosity(connection.get(), PQERRORS_SQLSTATE);
    const bool failed_at_once = PQstatus(connection.get()) == CONNECTION_BAD;
    if (!failed_at_once && finish(connection.get()) == PGRES_POLLING_OK) {
        return Refusal::for_now;
    }
    const std::string message = PQerrorMessage(connection.get());
    if (const std::string state = sqlstate_in(message); !state.empty()) {
        return refusal_of_sqlstate(state);
    }
    return is_refused_by_us(connection.get(), message) ? Refusal::for_good : Refusal::no_answer;
}

}  // namespace entstream::consumer::merge
