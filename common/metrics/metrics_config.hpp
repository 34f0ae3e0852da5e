#pragma once

#include <string>

namespace entstream::metrics {

/// Where a program tells how it is: [metrics] of its configuration.
struct MetricsConfig {
    std::string listen;     ///< address:port; empty: nowhere; port 0: any that is free
    std::string user;       ///< with a password: who may ask
    std::string password;   ///< empty: anybody who reaches the port
    std::string cert_file;  ///< PEM; with key_file: TLS
    std::string key_file;
};

}  // namespace entstream::metrics
