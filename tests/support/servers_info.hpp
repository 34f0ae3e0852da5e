#pragma once

#include <map>
#include <string>

namespace entstream::test {

/// Where the servers of one servers.env are (deploy/dev/servers.sh).
struct ServersInfo {
    std::string dir;
    std::string ldap_uri;
    std::string ldap_base;
    std::string ldap_admin_dn;
    std::string ldap_admin_password;
    std::string ldap_bind_dn;  ///< the reading identity that the producer uses
    std::string ldap_bind_password;
    std::string kafka_bootstrap;
    std::string pg_host;
    std::string pg_port;
    std::string pg_user;
    std::string pg_password;
    std::string pg_database;
    std::string prometheus_url;  ///< empty: they have no Prometheus

    /// \throws std::runtime_error naming the variable that is missing
    static ServersInfo from(const std::map<std::string, std::string>& environment);

    /// For libpq.
    [[nodiscard]] std::string conninfo() const;
    /// PG* variables for psql and the scripts of schemas/moodle.
    [[nodiscard]] std::map<std::string, std::string> pg_environment() const;
};

}  // namespace entstream::test
