#pragma once

#include <string>
#include <utility>
#include <vector>

/// Why a server does not let us in. libpq keeps the SQLSTATE of a refused connection to itself, and the texts are in
/// the server's language.
namespace entstream::consumer::merge {

/// Keywords and values for libpq.
using ConnectionParameters = std::vector<std::pair<std::string, std::string>>;

/// Whether time can mend it.
enum class Refusal {
    no_answer,  ///< no server there, or it broke off
    for_now,    ///< full, starting, shutting down, recovering; or it has changed its mind already
    for_good,   ///< password, role, database, pg_hba.conf, TLS: somebody has to change something
};

/// Asks once more, this time for the reason alone. \param parameters  with a connect_timeout
Refusal why_refused(const ConnectionParameters& parameters);

/// What a SQLSTATE of a refused connection means (PostgreSQL documentation, appendix A).
Refusal refusal_of_sqlstate(const std::string& sqlstate);

}  // namespace entstream::consumer::merge
