#include "tests/support/servers.hpp"

#include <utility>

namespace entstream::test {

namespace {

using Demand = std::function<std::vector<std::string>()>;

std::vector<Demand>& demands() {
    static std::vector<Demand> all;
    return all;
}

}  // namespace

Servers* Servers::install() {
    // GoogleTest owns and deletes its environments.
    static auto* const servers = [] {
        auto* made = new Servers;
        ::testing::AddGlobalTestEnvironment(made);
        return made;
    }();
    return servers;
}

bool Servers::demand(std::function<std::vector<std::string>()> options) {
    demands().push_back(std::move(options));
    return true;
}

void Servers::SetUp() {
    std::vector<std::string> options;
    for (const auto& demand : demands()) {
        const auto more = demand();
        options.insert(options.end(), more.begin(), more.end());
    }
    set_.emplace(ServerSet::Disk::not_waited_for, options);
}

void Servers::TearDown() {
    set_.reset();
}

const std::string& Servers::get(const std::string& variable) const {
    return environment().at(variable);
}

}  // namespace entstream::test
