#include "tests/support/servers_info.hpp"

#include <stdexcept>

namespace entstream::test {

ServersInfo ServersInfo::from(const std::map<std::string, std::string>& environment) {
    const auto get = [&](const char* name) {
        const auto found = environment.find(name);
        if (found == environment.end()) {
            throw std::runtime_error(std::string("servers.env has no ") + name);
        }
        return found->second;
    };
    const auto prometheus = environment.find("ENTSTREAM_PROMETHEUS_URL");
    return {.dir = get("ENTSTREAM_DEV_DIR"),
            .ldap_uri = get("ENTSTREAM_LDAP_URI"),
            .ldap_base = get("ENTSTREAM_LDAP_BASE"),
            .ldap_admin_dn = get("ENTSTREAM_LDAP_ADMIN_DN"),
            .ldap_admin_password = get("ENTSTREAM_LDAP_ADMIN_PASSWORD"),
            .ldap_bind_dn = get("ENTSTREAM_LDAP_BIND_DN"),
            .ldap_bind_password = get("ENTSTREAM_LDAP_BIND_PASSWORD"),
            .kafka_bootstrap = get("ENTSTREAM_KAFKA_BOOTSTRAP"),
            .pg_host = get("PGHOST"),
            .pg_port = get("PGPORT"),
            .pg_user = get("PGUSER"),
            .pg_password = get("PGPASSWORD"),
            .pg_database = get("PGDATABASE"),
            .prometheus_url = prometheus == environment.end() ? "" : prometheus->second};
}

std::string ServersInfo::conninfo() const {
    return "host=" + pg_host + " port=" + pg_port + " user=" + pg_user + " password=" + pg_password +
           " dbname=" + pg_database;
}

std::map<std::string, std::string> ServersInfo::pg_environment() const {
    return {{"PGHOST", pg_host},
            {"PGPORT", pg_port},
            {"PGUSER", pg_user},
            {"PGPASSWORD", pg_password},
            {"PGDATABASE", pg_database}};
}

}  // namespace entstream::test
