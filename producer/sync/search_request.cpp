#include "producer/sync/search_request.hpp"

#include <strings.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "common/ldap/dn.hpp"

namespace entstream::producer::sync {

namespace {

constexpr std::size_t usual_attribute_count = 24;

struct BerPositionDeleter {
    // The octets belong to the message.
    void operator()(BerElement* element) const noexcept { ber_free(element, 0); }
};

struct BerArrayDeleter {
    void operator()(berval* values) const noexcept { ber_memfree(values); }
};

int ldap_scope(Scope scope) {
    switch (scope) {
        case Scope::base:
            return LDAP_SCOPE_BASE;
        case Scope::one_level:
            return LDAP_SCOPE_ONELEVEL;
        case Scope::subtree:
            break;
    }
    return LDAP_SCOPE_SUBTREE;
}

}  // namespace

std::vector<std::string> requested_attributes(const SearchConfig& search, ProviderKind provider) {
    std::vector<std::string> result;
    const auto add = [&result](const std::string& name) {
        const bool known = std::any_of(result.begin(), result.end(), [&name](const std::string& other) {
            return strcasecmp(other.c_str(), name.c_str()) == 0;
        });
        if (!known && !name.empty()) {
            result.push_back(name);
        }
    };
    std::for_each(search.attributes.begin(), search.attributes.end(), add);
    if (search.kind != EntryKind::user) {
        add(search.member_attribute);
    }
    add(provider == ProviderKind::openldap ? "entryCSN" : "modifyTimestamp");
    add("createTimestamp");
    add("hasSubordinates");
    return result;
}

bool in_scope(std::string_view dn, std::string_view base, Scope scope) {
    switch (scope) {
        case Scope::base:
            return dn == base;
        case Scope::one_level:
            return ldap::is_below(dn, base) && ldap::parent(dn) == base;
        case Scope::subtree:
            break;
    }
    return dn == base || ldap::is_below(dn, base);
}

int send_search(const ldap::Connection& connection, const SearchRequest& request, LDAPControl* control,
                const std::string& doing) {
    std::vector<std::string> names = request.attributes;
    std::vector<char*> raw_names;
    raw_names.reserve(names.size() + 1);
    for (std::string& name : names) {
        raw_names.push_back(name.data());
    }
    raw_names.push_back(nullptr);
    LDAPControl* controls[] = {control, nullptr};  // NOLINT(modernize-avoid-c-arrays): libldap's own form of a list
    int id = -1;
    const int sent = ldap_search_ext(connection.handle(), request.base.c_str(), ldap_scope(request.scope),
                                     request.filter.c_str(), raw_names.data(), 0, static_cast<LDAPControl**>(controls),
                                     nullptr, nullptr, LDAP_NO_LIMIT, &id);
    if (sent != LDAP_SUCCESS) {
        connection.fail(sent, doing);
    }
    return id;
}

void read_entry(const ldap::Connection& connection, LDAPMessage* message, EntryMessage& entry) {
    BerElement* raw = nullptr;
    berval dn{};
    if (ldap_get_dn_ber(connection.handle(), message, &raw, &dn) != LDAP_SUCCESS) {
        connection.fail(LDAP_DECODING_ERROR, "reading an entry");
    }
    const std::unique_ptr<BerElement, BerPositionDeleter> rest(raw);
    entry.dn.assign(dn.bv_val, dn.bv_len);
    entry.attributes.reserve(usual_attribute_count);
    while (true) {
        berval name{};
        berval* raw_values = nullptr;
        if (ldap_get_attribute_ber(connection.handle(), message, rest.get(), &name, &raw_values) != LDAP_SUCCESS) {
            connection.fail(LDAP_DECODING_ERROR, "reading an entry");
        }
        const std::unique_ptr<berval, BerArrayDeleter> values(raw_values);
        if (name.bv_val == nullptr) {
            return;
        }
        Attribute& attribute = entry.attributes.emplace_back();
        attribute.name.assign(name.bv_val, name.bv_len);
        std::size_t count = 0;
        while (raw_values != nullptr && raw_values[count].bv_val != nullptr) {
            ++count;
        }
        attribute.values.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            attribute.values.emplace_back(raw_values[i].bv_val, raw_values[i].bv_len);
        }
    }
}

}  // namespace entstream::producer::sync
