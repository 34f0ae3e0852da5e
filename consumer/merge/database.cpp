#include "consumer/merge/database.hpp"

#include <libpq-fe.h>
#include <pqxx/errorhandler>
#include <pqxx/except>
#include <spdlog/spdlog.h>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "consumer/merge/failure.hpp"

namespace entstream::consumer::merge {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

Parameters connection_parameters(const DatabaseConfig& config) {
    return {{"host", config.host},
            {"port", std::to_string(config.port)},
            {"dbname", config.name},
            {"user", config.user},
            {"password", config.password},
            {"sslmode", config.sslmode},
            {"client_encoding", "UTF8"},
            {"application_name", "entstream-consumer"},
            {"connect_timeout", "5"},
            {"tcp_user_timeout", "30000"}};  // milliseconds; a server that vanished is noticed in mid-batch
}

/// libpq's keyword/value form.
std::string connection_string(const Parameters& parameters) {
    std::string text;
    for (const auto& [name, value] : parameters) {
        text += name + "='";
        for (const char c : value) {
            if (c == '\'' || c == '\\') {
                text += '\\';
            }
            text += c;
        }
        text += "' ";
    }
    return text;
}

/// Whether a server takes connections there, whoever asks (no password needed). The texts of a refusal are in the
/// server's language; this is not.
bool server_answers(const Parameters& parameters) {
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : parameters) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    return PQpingParams(names.data(), values.data(), 0) == PQPING_OK;
}

std::string first_line(std::string_view text) {
    return std::string(text.substr(0, text.find('\n')));
}

}  // namespace

std::string describe(const DatabaseConfig& config) {
    return "database '" + config.name + "' on " + config.host + ":" + std::to_string(config.port) + " (schema '" +
           config.schema + "', prefix '" + config.prefix + "')";
}

/// Notices of the server: to our log instead of stderr.
class Connection::NoticeLogger final : public pqxx::errorhandler {
  public:
    using pqxx::errorhandler::errorhandler;
    bool operator()(const char* message) noexcept override {
        spdlog::debug("PostgreSQL: {}", first_line(message));
        return false;
    }
};

Connection::Connection(const DatabaseConfig& config) {
    const Parameters parameters = connection_parameters(config);
    try {
        connection_ = std::make_unique<pqxx::connection>(connection_string(parameters));
        notices_ = std::make_unique<NoticeLogger>(*connection_);
        // Details of an error quote the row, and with it people: they must not get into logs.
        connection_->set_verbosity(pqxx::connection_base::terse);
    } catch (const pqxx::failure& refused) {
        const std::string why = first_line(refused.what());
        if (!server_answers(parameters)) {
            throw Unreachable("no PostgreSQL server answers at " + config.host + ":" + std::to_string(config.port) +
                              ": " + why + "; start it, or mend host and port in the section [database]");
        }
        throw AccessRefused("PostgreSQL refuses the connection to " + describe(config) + " as user '" + config.user +
                            "': " + why + "; check the section [database] and pg_hba.conf on the server");
    }
}

Connection::~Connection() = default;

pqxx::connection& Connection::get() {
    if (!connection_->is_open()) {
        throw Unreachable("the connection to PostgreSQL was lost");
    }
    return *connection_;
}

}  // namespace entstream::consumer::merge
