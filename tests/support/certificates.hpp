#pragma once

#include <filesystem>
#include <string>

#include "tests/support/temp_dir.hpp"

namespace entstream::test {

/// A certificate and its private key, both PEM.
struct Certificate {
    std::filesystem::path file;
    std::filesystem::path key;
};

/// A certificate authority of one test, made by openssl; its files live as long as it does.
class CertificateAuthority {
  public:
    /// \throws std::runtime_error with openssl's words
    explicit CertificateAuthority(const std::string& name = "test-ca");

    /// What those trust who trust it.
    [[nodiscard]] const std::filesystem::path& file() const { return own_.file; }

    /// For a server at 127.0.0.1.
    [[nodiscard]] Certificate for_server(const std::string& name = "server") const;
    /// For a server that has another name: "elsewhere.example.org".
    [[nodiscard]] Certificate for_host(const std::string& host) const;
    /// For a client: subject "CN=<name>".
    [[nodiscard]] Certificate for_client(const std::string& name) const;

  private:
    [[nodiscard]] Certificate issue(const std::string& name, const std::string& alternative_name) const;

    TempDir dir_;
    Certificate own_;
};

}  // namespace entstream::test
