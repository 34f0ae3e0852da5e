#include "consumer/merge/refused_connection.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <string_view>

#include "consumer/merge/patient_connection.hpp"

namespace entstream::consumer::merge {
namespace {

constexpr std::chrono::seconds patience_with_refusal{5};

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
    const ConnectionAttempt attempt = connect_within(parameters, patience_with_refusal);
    if (attempt.connection == nullptr) {
        return Refusal::no_answer;  // out of memory
    }
    if (attempt.made) {
        return Refusal::for_now;
    }
    const std::string message = PQerrorMessage(attempt.connection.get());
    if (const std::string state = sqlstate_in(message); !state.empty()) {
        return refusal_of_sqlstate(state);
    }
    return is_refused_by_us(attempt.connection.get(), message) ? Refusal::for_good : Refusal::no_answer;
}

}  // namespace entstream::consumer::merge
