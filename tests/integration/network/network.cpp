#include "tests/integration/network/network.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "tests/support/free_port.hpp"
#include "tests/support/servers.hpp"

namespace entstream::test {

namespace {

[[maybe_unused]] const bool demanded = Servers::demand([] { return Network::get().options(); });

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

Network& Network::get() {
    static Network network;
    return network;
}

Network::Network() : linked_port_(free_port()), sasl_port_(free_port()), mutual_port_(free_port()) {
    link_.set_server(linked_port_);
}

std::vector<std::string> Network::options() const {
    const Certificate server = ca_.for_server();
    const auto key_store = dir_.write("broker.pem", text_of(server.key) + text_of(server.file));
    const auto properties = dir_.write(
        "more.properties", fmt::format(R"(ssl.keystore.type=PEM
ssl.keystore.location={key_store}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
listener.name.secure.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.secure.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_{account}="{password}";
listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.mutual.ssl.client.auth=required
)",
                                       fmt::arg("key_store", key_store.string()), fmt::arg("ca", ca_.file().string()),
                                       fmt::arg("account", account), fmt::arg("password", plain_password)));
    return {"--kafka-listener",   fmt::format("LINKED:PLAINTEXT:{}:{}", linked_port_, link_.port()),
            "--kafka-listener",   fmt::format("SECURE:SASL_SSL:{0}:{0}", sasl_port_),
            "--kafka-listener",   fmt::format("MUTUAL:SSL:{0}:{0}", mutual_port_),
            "--kafka-properties", properties.string(),
            "--kafka-account",    fmt::format("{}={}", account, scram_password)};
}

EnvironmentVariable::EnvironmentVariable(const std::string& name, const std::string& value) : name_(name) {
    ::setenv(name.c_str(), value.c_str(), 1);
}

EnvironmentVariable::~EnvironmentVariable() {
    ::unsetenv(name_.c_str());
}

}  // namespace entstream::test
