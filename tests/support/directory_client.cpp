#include "tests/support/directory_client.hpp"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

namespace entstream::test {

namespace {

void check(int code, const std::string& what) {
    if (code != LDAP_SUCCESS) {
        throw std::runtime_error(what + ": " + ldap_err2string(code));
    }
}

struct FreeMessage {
    void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};
using MessagePtr = std::unique_ptr<LDAPMessage, FreeMessage>;

/// LDAPMod over strings that the caller keeps.
class Modification {
  public:
    Modification(int operation, const std::string& attribute, const std::vector<std::string>& values) {
        for (const std::string& value : values) {
            values_.push_back({.bv_len = value.size(), .bv_val = const_cast<char*>(value.data())});
        }
        for (berval& value : values_) {
            pointers_.push_back(&value);
        }
        pointers_.push_back(nullptr);
        mod_.mod_op = operation | LDAP_MOD_BVALUES;
        mod_.mod_type = const_cast<char*>(attribute.c_str());
        mod_.mod_bvalues = values.empty() ? nullptr : pointers_.data();
    }
    Modification(const Modification&) = delete;
    Modification& operator=(const Modification&) = delete;

    LDAPMod* get() { return &mod_; }

  private:
    std::vector<berval> values_;
    std::vector<berval*> pointers_;
    LDAPMod mod_{};
};

std::vector<std::string> values_of(LDAP* handle, LDAPMessage* entry, const std::string& attribute) {
    std::vector<std::string> result;
    berval** values = ldap_get_values_len(handle, entry, attribute.c_str());
    for (int i = 0; values != nullptr && values[i] != nullptr; ++i) {
        result.emplace_back(values[i]->bv_val, values[i]->bv_len);
    }
    ldap_value_free_len(values);
    return result;
}

}  // namespace

DirectoryClient::DirectoryClient(const std::string& uri, const std::string& bind_dn, const std::string& password) {
    LDAP* handle = nullptr;
    check(ldap_initialize(&handle, uri.c_str()), "open " + uri);
    handle_.reset(handle);
    const int version = LDAP_VERSION3;
    ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version);
    const timeval patience{.tv_sec = 60, .tv_usec = 0};  // a server that hangs fails one test, not the whole run
    ldap_set_option(handle, LDAP_OPT_TIMEOUT, &patience);
    berval credential{.bv_len = password.size(), .bv_val = const_cast<char*>(password.data())};
    check(ldap_sasl_bind_s(handle, bind_dn.c_str(), LDAP_SASL_SIMPLE, &credential, nullptr, nullptr, nullptr),
          "bind as " + bind_dn);
}

void DirectoryClient::add(const std::string& dn, const Attributes& attributes) {
    std::vector<std::unique_ptr<Modification>> modifications;
    std::vector<LDAPMod*> pointers;
    for (const auto& [name, values] : attributes) {
        modifications.push_back(std::make_unique<Modification>(LDAP_MOD_ADD, name, values));
        pointers.push_back(modifications.back()->get());
    }
    pointers.push_back(nullptr);
    check(ldap_add_ext_s(handle_.get(), dn.c_str(), pointers.data(), nullptr, nullptr), "add " + dn);
}

void DirectoryClient::modify(const std::string& dn, int operation, const std::string& attribute,
                             const std::vector<std::string>& values) {
    Modification modification(operation, attribute, values);
    std::array<LDAPMod*, 2> pointers = {modification.get(), nullptr};
    check(ldap_modify_ext_s(handle_.get(), dn.c_str(), pointers.data(), nullptr, nullptr), "modify " + dn);
}

void DirectoryClient::replace(const std::string& dn, const std::string& attribute,
                              const std::vector<std::string>& values) {
    modify(dn, LDAP_MOD_REPLACE, attribute, values);
}

void DirectoryClient::add_value(const std::string& dn, const std::string& attribute, const std::string& value) {
    modify(dn, LDAP_MOD_ADD, attribute, {value});
}

void DirectoryClient::remove_value(const std::string& dn, const std::string& attribute, const std::string& value) {
    modify(dn, LDAP_MOD_DELETE, attribute, {value});
}

void DirectoryClient::rename(const std::string& dn, const std::string& new_rdn, const std::string& new_superior) {
    check(ldap_rename_s(handle_.get(), dn.c_str(), new_rdn.c_str(),
                        new_superior.empty() ? nullptr : new_superior.c_str(), 1, nullptr, nullptr),
          "rename " + dn);
}

void DirectoryClient::remove(const std::string& dn) {
    check(ldap_delete_ext_s(handle_.get(), dn.c_str(), nullptr, nullptr), "delete " + dn);
}

void DirectoryClient::search(const std::string& base, const std::string& filter,
                             const std::vector<std::string>& attributes,
                             const std::function<void(const FoundEntry&)>& found) {
    std::vector<char*> names;
    names.reserve(attributes.size() + 1);
    for (const std::string& attribute : attributes) {
        names.push_back(const_cast<char*>(attribute.c_str()));
    }
    names.push_back(nullptr);
    int id = 0;
    check(ldap_search_ext(handle_.get(), base.c_str(), LDAP_SCOPE_SUBTREE, filter.c_str(), names.data(), 0, nullptr,
                          nullptr, nullptr, 0, &id),
          "search " + base);
    while (true) {
        LDAPMessage* raw = nullptr;
        const int type = ldap_result(handle_.get(), id, LDAP_MSG_ONE, nullptr, &raw);
        const MessagePtr message(raw);
        if (type == LDAP_RES_SEARCH_ENTRY) {
            FoundEntry entry;
            char* dn = ldap_get_dn(handle_.get(), raw);
            entry.dn = dn;
            ldap_memfree(dn);
            for (const std::string& attribute : attributes) {
                entry.values.push_back(values_of(handle_.get(), raw, attribute));
            }
            found(entry);
        } else if (type == LDAP_RES_SEARCH_RESULT) {
            int code = 0;
            ldap_parse_result(handle_.get(), raw, &code, nullptr, nullptr, nullptr, nullptr, 0);
            check(code, fmt::format("search {} {}", base, filter));
            return;
        } else if (type <= 0) {
            check(LDAP_SERVER_DOWN, "search " + base);
        }
    }
}

std::vector<FoundEntry> DirectoryClient::find(const std::string& base, const std::string& filter,
                                              const std::vector<std::string>& attributes) {
    std::vector<FoundEntry> result;
    search(base, filter, attributes, [&](const FoundEntry& entry) { result.push_back(entry); });
    return result;
}

}  // namespace entstream::test
