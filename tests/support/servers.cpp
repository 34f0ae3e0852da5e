#include "tests/support/servers.hpp"

namespace entstream::test {

Servers* Servers::install() {
    // GoogleTest owns and deletes its environments.
    static auto* const servers = [] {
        auto* made = new Servers;
        ::testing::AddGlobalTestEnvironment(made);
        return made;
    }();
    return servers;
}

void Servers::SetUp() {
    set_.emplace(ServerSet::Disk::not_waited_for);
}

void Servers::TearDown() {
    set_.reset();
}

const std::string& Servers::get(const std::string& variable) const {
    return environment().at(variable);
}

}  // namespace entstream::test
