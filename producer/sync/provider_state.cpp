#include "producer/sync/provider_state.hpp"

#include <algorithm>

#include "common/ldap/dn.hpp"

namespace entstream::producer::sync {

namespace {

using ldap::LdapError;

std::string about(const ldap::Connection& connection, const std::string& text) {
    return "LDAP server " + connection.config().uri + ": " + text;
}

// The nearest naming context above the base, in the server's own spelling.
std::string suffix_of(const ldap::Connection& connection, const SearchConfig& search,
                      const std::vector<std::string>& naming_contexts) {
    const std::optional<std::string> base = ldap::normalise_dn(search.base);
    if (!base) {
        throw LdapError(LDAP_INVALID_DN_SYNTAX, "",
                        "search \"" + search.name + "\": base \"" + search.base + "\" is not a DN");
    }
    const std::string* nearest = nullptr;
    std::size_t nearest_length = 0;
    for (const std::string& context : naming_contexts) {
        const std::optional<std::string> normalised = ldap::normalise_dn(context);
        if (normalised && (*normalised == *base || ldap::is_below(*base, *normalised)) &&
            (nearest == nullptr || normalised->size() > nearest_length)) {
            nearest = &context;
            nearest_length = normalised->size();
        }
    }
    if (nearest == nullptr) {
        throw LdapError(
            LDAP_NO_SUCH_OBJECT, "",
            about(connection, "search \"" + search.name + "\": no naming context of the server holds base \"" +
                                  search.base + "\": check the base of this search"));
    }
    return *nearest;
}

void check_base(const ldap::Connection& connection, const SearchConfig& search) {
    try {
        connection.read_values(search.base, {"1.1"});
    } catch (const LdapError& error) {
        if (error.result_code() != LDAP_NO_SUCH_OBJECT) {
            throw;
        }
        throw LdapError(LDAP_NO_SUCH_OBJECT, error.diagnostic(),
                        about(connection, "search \"" + search.name + "\": its base \"" + search.base +
                                              "\" does not exist, or ldap.bind_dn may not see it: if it was renamed, "
                                              "rename it back or set the base of this search to its new name"));
    }
}

void ask_suffix(const ldap::Connection& connection, ProviderState& provider) {
    try {
        const auto values = connection.read_values(provider.suffix, {uuid_attribute(provider.kind), "contextCSN"});
        if (!values[0].empty()) {
            provider.suffix_uuid = parse_uuid(provider.kind, values[0].front());
        }
        provider.context_csns = values[1];
    } catch (const LdapError& error) {
        // Hidden from us: identity and progress stay unknown.
        if (error.result_code() != LDAP_NO_SUCH_OBJECT && error.result_code() != LDAP_INSUFFICIENT_ACCESS) {
            throw;
        }
    }
}

}  // namespace

ProviderState look_at_provider(const ldap::Connection& connection, const std::vector<SearchConfig>& searches) {
    const auto root = connection.read_values("", {"supportedControl", "namingContexts"});
    const std::vector<std::string>& controls = root[0];
    if (std::find(controls.begin(), controls.end(), LDAP_CONTROL_SYNC) == controls.end()) {
        throw LdapError(
            LDAP_UNAVAILABLE_CRITICAL_EXTENSION, "",
            about(connection, controls.empty()
                                  ? "ldap.bind_dn may not read supportedControl of the root DSE: allow it"
                                  : "provider without syncprov: its root DSE does not announce the control " +
                                        std::string(LDAP_CONTROL_SYNC) + ": " +
                                        std::string(ldap::remedy(LDAP_UNAVAILABLE_CRITICAL_EXTENSION))));
    }
    ProviderState provider;
    provider.kind = provider_kind(connection);
    provider.uri = connection.config().uri;
    for (const SearchConfig& search : searches) {
        const std::string suffix = suffix_of(connection, search, root[1]);
        if (!provider.suffix.empty() && suffix != provider.suffix) {
            throw LdapError(LDAP_PARAM_ERROR, "",
                            about(connection, "search \"" + search.name + "\" lies in naming context \"" + suffix +
                                                  "\", the searches before it in \"" + provider.suffix +
                                                  "\": make it a source of its own"));
        }
        provider.suffix = suffix;
        check_base(connection, search);
    }
    ask_suffix(connection, provider);
    return provider;
}

}  // namespace entstream::producer::sync
