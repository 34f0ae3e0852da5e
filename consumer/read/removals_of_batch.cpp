#include "consumer/read/removals_of_batch.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace entstream::consumer::read {

namespace {

/// "below_removed" of CAUSE_BELOW_REMOVED; a cause that a newer producer knows is its number.
std::string name_of(v1::Cause cause) {
    constexpr std::size_t prefix = 6;  // of "CAUSE_"
    std::string name = v1::Cause_IsValid(cause) ? v1::Cause_Name(cause).substr(prefix) : std::to_string(cause);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name;
}

}  // namespace

void count_removal(Offset offset, KeyKind kind, const v1::Change& change, std::vector<RemovalTotals>& of_batch) {
    const v1::Removals& said = change.removals();
    if (said.cause() == v1::CAUSE_UNSPECIFIED) {
        return;
    }
    const std::string cause = name_of(said.cause());
    auto found = std::find_if(of_batch.begin(), of_batch.end(), [&](const RemovalTotals& each) {
        return each.generation == change.generation() && each.cause == cause;
    });
    if (found == of_batch.end()) {
        found = of_batch.insert(of_batch.end(),
                                {.generation = change.generation(), .cause = cause, .announced = {}, .seen = {}});
    }
    const auto raise = [](std::int64_t& most, std::uint64_t to) {
        most = std::max(most, static_cast<std::int64_t>(to));
    };
    raise(found->announced.users, said.users());
    raise(found->announced.groups, said.groups());
    raise(found->announced.roles, said.roles());
    raise(found->announced.members, said.members());
    found->seen.push_back({.version = offset, .kind = kind});
}

}  // namespace entstream::consumer::read
