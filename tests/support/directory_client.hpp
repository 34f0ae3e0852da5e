#pragma once

#include <ldap.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace entstream::test {

/// One entry as a search gave it: DN and the values of the attributes asked for, in the order asked.
struct FoundEntry {
    std::string dn;
    std::vector<std::vector<std::string>> values;
};

/// An administrator of the directory, for tests and the demo: plain blocking libldap, no code of the producer.
/// Not thread-safe. Every call throws std::runtime_error with libldap's words.
class DirectoryClient {
  public:
    DirectoryClient(const std::string& uri, const std::string& bind_dn, const std::string& password);

    using Attributes = std::vector<std::pair<std::string, std::vector<std::string>>>;

    void add(const std::string& dn, const Attributes& attributes);
    void replace(const std::string& dn, const std::string& attribute, const std::vector<std::string>& values);
    void add_value(const std::string& dn, const std::string& attribute, const std::string& value);
    void remove_value(const std::string& dn, const std::string& attribute, const std::string& value);
    /// \param new_superior empty: the parent stays
    void rename(const std::string& dn, const std::string& new_rdn, const std::string& new_superior = "");
    void remove(const std::string& dn);

    /// Subtree search; calls `found` for each entry.
    void search(const std::string& base, const std::string& filter, const std::vector<std::string>& attributes,
                const std::function<void(const FoundEntry&)>& found);
    /// \returns the entries of a subtree search
    std::vector<FoundEntry> find(const std::string& base, const std::string& filter,
                                 const std::vector<std::string>& attributes);

  private:
    struct Unbind {
        void operator()(LDAP* handle) const { ldap_unbind_ext_s(handle, nullptr, nullptr); }
    };
    void modify(const std::string& dn, int operation, const std::string& attribute,
                const std::vector<std::string>& values);

    std::unique_ptr<LDAP, Unbind> handle_;
};

}  // namespace entstream::test
