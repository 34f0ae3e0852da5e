#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace entstream::config {

/// Value of an environment variable; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The environment of this process.
Environment process_environment();

/// The variable that overrides a key: ENTSTREAM_LDAP_URI for ldap.uri.
std::string variable_of(std::string_view dotted_key);

}  // namespace entstream::config
