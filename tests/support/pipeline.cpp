#include "tests/support/pipeline.hpp"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

#include "tests/support/free_port.hpp"

namespace entstream::test {

Pipeline::Pipeline(ServersInfo servers, std::string source, std::filesystem::path dir)
    : servers_(std::move(servers)), source_(std::move(source)), dir_(std::move(dir)) {
    std::ofstream(producer_config()) << producer_toml(servers_, source_);
    std::ofstream(consumer_config()) << consumer_toml(servers_, source_);
}

void Pipeline::expose_metrics() {
    producer_metrics_ = "127.0.0.1:" + std::to_string(free_port());
    consumer_metrics_ = "127.0.0.1:" + std::to_string(free_port());
}

std::map<std::string, std::string> Pipeline::environment_with(const std::string& metrics) const {
    auto result = environment();
    if (!metrics.empty()) {
        result["ENTSTREAM_METRICS_LISTEN"] = metrics;
    }
    return result;
}

void Pipeline::start_producer() {
    producer_ = std::make_unique<Process>(
        std::vector<std::string>{program_path("entstream-producer").string(), "--config", producer_config().string()},
        environment_with(producer_metrics_));
}

void Pipeline::start_consumer() {
    consumer_ = std::make_unique<Process>(
        std::vector<std::string>{program_path("entstream-consumer").string(), "--config", consumer_config().string()},
        environment_with(consumer_metrics_));
}

void Pipeline::stop() {
    for (auto* process : {&producer_, &consumer_}) {
        if (*process) {
            (*process)->terminate();
        }
    }
    for (auto* process : {&producer_, &consumer_}) {
        if (*process) {
            const Exit exit = (*process)->wait();
            if (exit.status != 0) {
                throw std::runtime_error("a program ended with status " + std::to_string(exit.status) + ":\n" +
                                         exit.err);
            }
        }
    }
}

std::string Pipeline::output() const {
    return "--- producer\n" + (producer_ ? producer_->err() : "") + "--- consumer\n" +
           (consumer_ ? consumer_->err() : "");
}

std::map<std::string, std::string> Pipeline::environment() const {
    return {{"LDAP_PASSWORD", servers_.ldap_bind_password}, {"MOODLE_DB_PASSWORD", servers_.pg_password}};
}

std::string Pipeline::producer_toml(const ServersInfo& servers, const std::string& source) {
    return fmt::format(R"toml(source = "{source}"

[ldap]
uri = "{uri}"
bind_dn = "{bind_dn}"
bind_password_env = "LDAP_PASSWORD"

[kafka]
bootstrap_servers = "{bootstrap}"
replication_factor = 1

[[search]]
name = "people"
kind = "user"
base = "ou=people,{base}"
filter = "(objectClass=ENTPerson)"
attributes = ["objectClass", "uid", "givenName", "sn", "mail", "ENTPersonJointure", "ENTPersonStructRattach"]

[[search]]
name = "groups"
kind = "group"
base = "ou=groups,{base}"
filter = "(objectClass=groupOfNames)"
attributes = ["cn", "description"]

[[search]]
name = "roles"
kind = "role"
base = "ou=roles,{base}"
filter = "(objectClass=groupOfNames)"
attributes = ["cn", "ou"]
)toml",
                       fmt::arg("source", source), fmt::arg("uri", servers.ldap_uri),
                       fmt::arg("bind_dn", servers.ldap_bind_dn), fmt::arg("bootstrap", servers.kafka_bootstrap),
                       fmt::arg("base", servers.ldap_base));
}

std::string Pipeline::consumer_toml(const ServersInfo& servers, const std::string& source) {
    return fmt::format(R"toml(target = "{source}"
sources = ["{source}"]

[kafka]
bootstrap_servers = "{bootstrap}"
replication_factor = 1

[database]
host = "{host}"
port = {port}
name = "{database}"
user = "{user}"
password_env = "MOODLE_DB_PASSWORD"
)toml",
                       fmt::arg("source", source), fmt::arg("bootstrap", servers.kafka_bootstrap),
                       fmt::arg("host", servers.pg_host), fmt::arg("port", servers.pg_port),
                       fmt::arg("database", servers.pg_database), fmt::arg("user", servers.pg_user));
}

}  // namespace entstream::test
