#pragma once

#include <string>

#include "tests/support/certificates.hpp"
#include "tests/support/tcp_proxy.hpp"

namespace entstream::test {

/// What this binary's Kafka has beside its usual listener:
/// - one that is reached through a TcpProxy only, so that the way to it can fail;
/// - one of SASL_SSL (PLAIN and SCRAM-SHA-512, the account `entstream`);
/// - one of SSL that wants a certificate of the client.
class Network {
  public:
    static Network& get();

    /// The way to Kafka; all clients that were told kafka_link() take it.
    TcpProxy& link() { return link_; }
    [[nodiscard]] std::string linked_bootstrap() const { return "127.0.0.1:" + std::to_string(link_.port()); }
    [[nodiscard]] std::string sasl_bootstrap() const { return "127.0.0.1:" + std::to_string(sasl_port_); }
    [[nodiscard]] std::string mutual_bootstrap() const { return "127.0.0.1:" + std::to_string(mutual_port_); }
    [[nodiscard]] const CertificateAuthority& ca() const { return ca_; }

    static constexpr const char* account = "entstream";
    static constexpr const char* plain_password = "for-plain";
    static constexpr const char* scram_password = "for-scram";

    /// For `servers.sh up`.
    [[nodiscard]] std::vector<std::string> options() const;

  private:
    Network();

    TempDir dir_;
    CertificateAuthority ca_;
    TcpProxy link_;
    int linked_port_;
    int sasl_port_;
    int mutual_port_;
};

/// Sets a variable of the environment that programs under test inherit, for the life of this object.
class EnvironmentVariable {
  public:
    EnvironmentVariable(const std::string& name, const std::string& value);
    ~EnvironmentVariable();
    EnvironmentVariable(const EnvironmentVariable&) = delete;
    EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

  private:
    std::string name_;
};

}  // namespace entstream::test
