#include "tests/unit/producer/fake_directory.hpp"

#include <algorithm>
#include <stdexcept>

#include "common/ldap/dn.hpp"

namespace entstream::producer::test {

void FakeDirectory::put(const sync::EntryMessage& message) {
    sync::EntryMessage answer = message;
    answer.state = sync::EntryState::add;
    answer.cookie.reset();
    content_[message.search].insert_or_assign(message.uuid, std::move(answer));
}

void FakeDirectory::ask() {
    if (unreachable) {
        throw std::runtime_error("the directory is not reachable");
    }
    ++questions;
}

std::optional<sync::EntryMessage> FakeDirectory::read_dn(std::size_t search, const std::string& dn) {
    ask();
    for (const auto& [uuid, message] : content_[search]) {
        if (ldap::normalise_dn(message.dn) == ldap::normalise_dn(dn)) {
            return message;
        }
    }
    return std::nullopt;
}

std::optional<sync::EntryMessage> FakeDirectory::read_uuid(std::size_t search, const Uuid& uuid) {
    ask();
    const auto found = content_[search].find(uuid);
    return found == content_[search].end() ? std::nullopt : std::optional(found->second);
}

void FakeDirectory::read_below(std::size_t search, const std::string& dn,
                               const std::function<void(sync::EntryMessage)>& each) {
    ask();
    for (const auto& [uuid, message] : content_[search]) {
        if (ldap::is_below(*ldap::normalise_dn(message.dn), *ldap::normalise_dn(dn))) {
            if (images_left && (*images_left)-- == 0) {
                throw std::runtime_error("the directory is not reachable any more");
            }
            each(message);
        }
    }
}

void FakeDirectory::read_matching(std::size_t search, const std::string& filter,
                                  const std::function<void(sync::EntryMessage)>& each) {
    ask();
    const auto equals = filter.find('=');
    const std::string name = filter.substr(1, equals - 1);
    const std::string value = filter.substr(equals + 1, filter.size() - equals - 2);
    for (const auto& [uuid, message] : content_[search]) {
        const sync::Attribute* attribute = sync::find_attribute(message.attributes, name);
        if (attribute != nullptr &&
            std::find(attribute->values.begin(), attribute->values.end(), value) != attribute->values.end()) {
            each(message);
        }
    }
}

}  // namespace entstream::producer::test
