#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace entstream::ldap {

/// What is to be done about a failure.
enum class ErrorClass {
    transient,  ///< unreachable, restarted, overloaded: try again with backoff
    config,     ///< somebody has to change the configuration of us or of the provider: long backoff, alarm
    auth,       ///< wrong credentials or missing rights: long backoff (a tight loop would lock the account), alarm
};

/// The class of an LDAP result code (RFC 4511 section 4.1.9 and libldap's own, which are negative).
ErrorClass classify(int result_code);

/// What an operator can do about a result code, naming keys of the configuration; empty when there is no advice.
std::string_view remedy(int result_code);

/// A failure of the directory or of the way to it. what() names the server, the DN concerned and the remedy; it holds
/// no password and no personal data.
class LdapError : public std::runtime_error {
  public:
    LdapError(int result_code, std::string diagnostic, const std::string& message)
        : LdapError(result_code, std::move(diagnostic), classify(result_code), message) {}
    LdapError(int result_code, std::string diagnostic, ErrorClass error_class, const std::string& message)
        : std::runtime_error(message),
          result_code_(result_code),
          diagnostic_(std::move(diagnostic)),
          error_class_(error_class) {}

    [[nodiscard]] int result_code() const noexcept { return result_code_; }
    /// The server's own words; may be empty.
    [[nodiscard]] const std::string& diagnostic() const noexcept { return diagnostic_; }
    [[nodiscard]] ErrorClass error_class() const noexcept { return error_class_; }

  private:
    int result_code_;
    std::string diagnostic_;
    ErrorClass error_class_;
};

}  // namespace entstream::ldap
