#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/directory_client.hpp"
#include "tests/support/servers_info.hpp"

namespace entstream::chaos {

/// A person's account as the mapping of the test's configuration has to make it of the entry.
struct Account {
    std::string username;
    std::string idnumber;
    std::string firstname;
    std::string lastname;
    std::string email;
    std::string institution;

    bool operator==(const Account&) const = default;
};

struct PersonEntry {
    std::string dn;  ///< as the directory spells it
    Account account;
    std::set<std::string> classes;  ///< lower-case object classes
};

struct GroupEntry {
    std::string dn;
    std::string cn;
    std::vector<std::string> members;  ///< as the directory spells them
};

/// What the directory says, by entryUUID.
struct DirectoryView {
    std::map<std::string, PersonEntry> people;
    std::map<std::string, GroupEntry> groups;
    std::map<std::string, GroupEntry> roles;
    std::map<std::string, std::string> uuid_at;  ///< people, by normalised DN
};

/// Plain searches of the searches' bases, as administrator and past all proxies.
/// \throws std::runtime_error the directory does not answer
DirectoryView read_directory_view(test::DirectoryClient& client, const std::string& base);

/// Equal for DNs that differ in case and spaces only; empty for what is no DN. By libldap.
std::string normalised_dn(const std::string& dn);

std::string lower_case(std::string text);

}  // namespace entstream::chaos
