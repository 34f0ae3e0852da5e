#include "consumer/merge/database.hpp"

#include <pqxx/errorhandler>
#include <pqxx/except>
#include <spdlog/spdlog.h>

#include <string_view>

#include "common/runtime/tcp_limits.hpp"
#include "consumer/merge/failure.hpp"
#include "consumer/merge/refused_connection.hpp"

namespace entstream::consumer::merge {
namespace {

// Debian's, made by its package ca-certificates.
constexpr const char* system_ca_file = "/etc/ssl/certs/ca-certificates.crt";

/// What libpq needs for TLS. Without these it looks into the home of whoever runs the program.
void add_certificates(const DatabaseConfig& config, ConnectionParameters& parameters) {
    if (!config.ca_file.empty() || config.sslmode.starts_with("verify")) {
        parameters.emplace_back("sslrootcert", config.ca_file.empty() ? system_ca_file : config.ca_file);
    }
    if (!config.cert_file.empty()) {
        parameters.emplace_back("sslcert", config.cert_file);
        parameters.emplace_back("sslkey", config.key_file);
    }
}

/// libpq's keyword/value form.
std::string connection_string(const ConnectionParameters& parameters) {
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

std::string first_line(std::string_view text) {
    return std::string(text.substr(0, text.find('\n')));
}

[[noreturn]] void throw_refused(const DatabaseConfig& config, const ConnectionParameters& parameters,
                                const std::string& why) {
    switch (why_refused(parameters)) {
        case Refusal::no_answer:
            throw Unreachable("no PostgreSQL server answers at " + config.host + ":" + std::to_string(config.port) +
                              ": " + why + "; start it, or mend host and port in the section [database]");
        case Refusal::for_now:
            throw Unreachable("PostgreSQL takes no connection to " + describe(config) + " for now: " + why +
                              "; if it does not pass, look at max_connections and at the CONNECTION LIMIT of database "
                              "and role '" +
                              config.user + "'");
        case Refusal::for_good:
            break;
    }
    throw AccessRefused("PostgreSQL refuses the connection to " + describe(config) + " as user '" + config.user +
                        "': " + why + "; check the section [database] and pg_hba.conf on the server");
}

}  // namespace

ConnectionParameters connection_parameters(const DatabaseConfig& config) {
    namespace limits = runtime::tcp_limits;
    ConnectionParameters parameters = {{"host", config.host},
                                       {"port", std::to_string(config.port)},
                                       {"dbname", config.name},
                                       {"user", config.user},
                                       {"password", config.password},
                                       {"sslmode", config.sslmode},
                                       {"client_encoding", "UTF8"},
                                       {"application_name", "entstream-consumer"},
                                       {"connect_timeout", "5"},
                                       {"tcp_user_timeout", std::to_string(limits::unacknowledged.count())},
                                       {"keepalives_idle", std::to_string(limits::keepalive_idle.count())},
                                       {"keepalives_interval", std::to_string(limits::keepalive_interval.count())},
                                       {"keepalives_count", std::to_string(limits::keepalive_probes)}};
    add_certificates(config, parameters);
    return parameters;
}

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
    place_ = describe(config);
    const ConnectionParameters parameters = connection_parameters(config);
    try {
        connection_ = std::make_unique<pqxx::connection>(connection_string(parameters));
        notices_ = std::make_unique<NoticeLogger>(*connection_);
        // Details of an error quote the row, and with it people: they must not get into logs.
        connection_->set_verbosity(pqxx::connection_base::terse);
    } catch (const pqxx::failure& refused) {
        throw_refused(config, parameters, first_line(refused.what()));
    }
}

Connection::~Connection() = default;

bool Connection::is_open() const {
    return connection_->is_open();
}

pqxx::connection& Connection::get() {
    if (!connection_->is_open()) {
        throw Unreachable("the connection to " + place_ + " was lost");
    }
    return *connection_;
}

}  // namespace entstream::consumer::merge
