#include "tests/support/certificates.hpp"

#include <stdexcept>
#include <vector>

#include "tests/support/process.hpp"

namespace entstream::test {

namespace {

Certificate make(const std::filesystem::path& dir, const std::string& name, const std::vector<std::string>& options) {
    Certificate made{.file = dir / (name + ".pem"), .key = dir / (name + ".key")};
    std::vector<std::string> command = {
        "openssl", "req",   "-x509",       "-newkey", "rsa:2048",        "-nodes", "-days",
        "2",       "-subj", "/CN=" + name, "-keyout", made.key.string(), "-out",   made.file.string()};
    command.insert(command.end(), options.begin(), options.end());
    const Exit exit = Process::run(command);
    if (exit.status != 0) {
        throw std::runtime_error("openssl: " + exit.err);
    }
    return made;
}

}  // namespace

CertificateAuthority::CertificateAuthority(const std::string& name) : own_(make(dir_.path(), name, {})) {}

Certificate CertificateAuthority::issue(const std::string& name, const std::string& alternative_name) const {
    return make(dir_.path(), name,
                {"-CA", own_.file.string(), "-CAkey", own_.key.string(), "-addext",
                 "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=" + alternative_name});
}

Certificate CertificateAuthority::for_server(const std::string& name) const {
    return issue(name, "IP:127.0.0.1");
}

Certificate CertificateAuthority::for_host(const std::string& host) const {
    return issue(host, "DNS:" + host);
}

Certificate CertificateAuthority::for_client(const std::string& name) const {
    return issue(name, "DNS:" + name);
}

}  // namespace entstream::test
