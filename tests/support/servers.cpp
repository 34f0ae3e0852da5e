#include "tests/support/servers.hpp"

namespace entstream::test {

Servers* Servers::install() {
    // GoogleTest owns and deletes its environments.
    auto* servers = new Servers;
    ::testing::AddGlobalTestEnvironment(servers);
    return servers;
}

void Servers::SetUp() {
    set_.emplace();
}

void Servers::TearDown() {
    set_.reset();
}

const std::string& Servers::get(const std::string& variable) const {
    return environment().at(variable);
}

}  // namespace entstream::test
