#include "tests/chaos/directory_view.hpp"

#include <ldap.h>

#include <algorithm>
#include <cctype>
#include <regex>

namespace entstream::chaos {

namespace {

std::string first(const std::vector<std::string>& values) {
    return values.empty() ? "" : values.front();
}

/// Case folded, spaces at the ends taken away, those within made one.
std::string folded(const std::string& text) {
    std::string result;
    bool space = false;
    for (const char c : lower_case(text)) {
        if (c == ' ') {
            space = !result.empty();
            continue;
        }
        if (space) {
            result += ' ';
        }
        space = false;
        result += c;
    }
    return result;
}

/// AC-RENNES$128407: what stands behind the dollar sign, or all of it.
std::string jointure_key(const std::string& value) {
    const auto dollar = value.find('$');
    const std::string behind = dollar == std::string::npos ? "" : value.substr(dollar + 1);
    const std::string key = behind.substr(0, behind.find('$'));
    return key.empty() ? value : key;
}

std::string school_code(const std::string& structure) {
    static const std::regex code(R"(\b([0-9]{7}[A-Za-z])\b)");
    std::smatch match;
    if (!std::regex_search(structure, match, code)) {
        return "";
    }
    std::string result = match[1].str();
    std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::toupper(c); });
    return result;
}

}  // namespace

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

std::string normalised_dn(const std::string& dn) {
    LDAPDN parts = nullptr;
    if (ldap_str2dn(dn.c_str(), &parts, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS || parts == nullptr) {
        return "";
    }
    std::string result;
    for (LDAPRDN* rdn = parts; *rdn != nullptr; ++rdn) {
        std::set<std::string> values;
        for (LDAPAVA** ava = *rdn; *ava != nullptr; ++ava) {
            values.insert(lower_case({(*ava)->la_attr.bv_val, (*ava)->la_attr.bv_len}) + "=" +
                          folded({(*ava)->la_value.bv_val, (*ava)->la_value.bv_len}));
        }
        for (const std::string& value : values) {
            result += value + '\n';
        }
        result += '\t';
    }
    ldap_dnfree(parts);
    return result;
}

DirectoryView read_directory_view(test::DirectoryClient& client, const std::string& base) {
    DirectoryView view;
    client.search(
        "ou=people," + base, "(objectClass=ENTPerson)",
        {"entryUUID", "uid", "ENTPersonJointure", "givenName", "sn", "mail", "ENTPersonStructRattach", "objectClass"},
        [&](const test::FoundEntry& entry) {
            const auto& values = entry.values;
            PersonEntry person{.dn = entry.dn, .account = {}, .classes = {}};
            for (const std::string& name : values[7]) {
                person.classes.insert(lower_case(name));
            }
            const std::string uid = lower_case(first(values[1]));
            const std::string mail = lower_case(first(values[5]));
            person.account = {.username = uid,
                              .idnumber = jointure_key(first(values[2])),
                              .firstname = first(values[3]),
                              .lastname = first(values[4]),
                              .email = mail.empty() ? uid + "@noreply.invalid" : mail,
                              .institution = school_code(first(values[6]))};
            view.uuid_at[normalised_dn(entry.dn)] = first(values[0]);
            view.people.emplace(first(values[0]), std::move(person));
        });
    for (const auto& [branch, entries] : {std::pair("ou=groups,", &view.groups), std::pair("ou=roles,", &view.roles)}) {
        client.search(branch + base, "(objectClass=groupOfNames)", {"entryUUID", "cn", "member"},
                      [entries = entries](const test::FoundEntry& entry) {
                          entries->emplace(
                              first(entry.values[0]),
                              GroupEntry{.dn = entry.dn, .cn = first(entry.values[1]), .members = entry.values[2]});
                      });
    }
    return view;
}

}  // namespace entstream::chaos
