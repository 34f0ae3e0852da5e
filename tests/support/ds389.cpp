#include "tests/support/ds389.hpp"

#include <pwd.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/free_port.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {

namespace {

constexpr const char* template_file = "/usr/share/dirsrv/data/template-dse.ldif";
constexpr const char* schema_file = "/etc/dirsrv/schema/99user.ldif";

std::string text_of(const std::filesystem::path& file) {
    const std::ifstream stream(file);
    if (!stream) {
        throw std::runtime_error(file.string() + " is missing: deploy/dev/packages.sh servers installs it");
    }
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

// Adds lines to an entry of the configuration, and takes its own line "nsslapd-pluginenabled: off" away.
void enable_plugin(std::string& text, const std::string& name, const std::string& lines) {
    constexpr std::string_view off = "nsslapd-pluginenabled: off\n";
    const auto entry = text.find("dn: cn=" + name + ",cn=plugins,cn=config\n");
    const auto line = text.find(off, entry);
    if (entry == std::string::npos || line == std::string::npos) {
        throw std::runtime_error(std::string(template_file) + " has no plugin " + name);
    }
    text.replace(line, off.size(), "nsslapd-pluginenabled: on\n" + lines);
}

std::string name_of_this_user() {
    const passwd* const entry = ::getpwuid(::geteuid());
    return entry == nullptr ? std::to_string(::geteuid()) : entry->pw_name;
}

}  // namespace

Ds389::Ds389() : port_(free_port()), uri_("ldap://127.0.0.1:" + std::to_string(port_)) {
    write_config();
    start();
    // Made while the server runs: so it gets the default indexes, nsUniqueId's among them.
    admin().add("cn=userRoot,cn=ldbm database,cn=plugins,cn=config",
                {{"objectClass", {"top", "extensibleObject", "nsBackendInstance"}},
                 {"cn", {"userRoot"}},
                 {"nsslapd-suffix", {suffix}}});
    admin().add(std::string("cn=\"") + suffix + "\",cn=mapping tree,cn=config",
                {{"objectClass", {"top", "extensibleObject", "nsMappingTree"}},
                 {"cn", {suffix}},
                 {"nsslapd-state", {"backend"}},
                 {"nsslapd-backend", {"userRoot"}}});
    admin().add(suffix, {{"objectClass", {"dcObject", "organization"}}, {"dc", {"fr"}}, {"o", {"test"}}});
}

Ds389::~Ds389() = default;

void Ds389::write_config() {
    const std::string root = dir_.path().string();
    std::string text = text_of(template_file);
    for (const char* const name : {"lock", "tmp", "cert", "ldif", "bak", "run", "inst", "log", "db", "config"}) {
        const std::string folder = root + '/' + name;
        std::filesystem::create_directory(folder);
        replace_all(text, std::string("%") + name + "_dir%", folder);
    }
    // The server refuses its own schema elsewhere.
    std::filesystem::create_directory(root + "/config/schema");
    std::filesystem::copy_file(schema_file, root + "/config/schema/99user.ldif");
    const Exit hash = Process::run({"pwdhash", "-s", "SSHA512", password});
    const std::vector<std::pair<std::string, std::string>> values = {
        {"%schema_dir%", root + "/config/schema"},
        {"%db_home_dir%", root + "/db"},
        {"%db_lib%", "bdb"},
        {"%ds_port%", std::to_string(port_)},
        {"%ds_user%", name_of_this_user()},
        {"%fqdn%", "localhost"},
        {"%rootdn%", admin_dn},
        {"%ds_passwd%", hash.out.substr(0, hash.out.find('\n'))},
        {"%ldapi_enabled%", "off"},
        {"%ldapi%", root + "/run/ldapi"},
        {"%ldapi_autobind%", "off"},
        {"%ds_suffix%", suffix}};
    for (const auto& [from, to] : values) {
        replace_all(text, from, to);
    }
    enable_plugin(text, "Retro Changelog Plugin",
                  "nsslapd-attribute: nsuniqueid:targetUniqueId\nnsslapd-attribute: entryuuid:targetEntryUUID\n");
    enable_plugin(text, "Content Synchronization", "");
    static_cast<void>(dir_.write("config/dse.ldif", text));
}

void Ds389::start() {
    process_ = std::make_unique<Process>(std::vector<std::string>{"/usr/sbin/ns-slapd", "-D", dir_.path() / "config",
                                                                  "-i", dir_.path() / "run/pid", "-d", "0"});
    std::string refused;
    const bool up = wait_until([&] {
        try {
            admin_ = std::make_unique<DirectoryClient>(uri_, admin_dn, password);
            return true;
        } catch (const std::runtime_error& error) {
            refused = error.what();
            return !process_->running();
        }
    });
    if (!up || admin_ == nullptr) {
        throw std::runtime_error("ns-slapd does not answer: " + refused + process_->err() + process_->out());
    }
}

void Ds389::stop() {
    admin_.reset();
    process_->terminate();
    process_->wait();
}

void Ds389::kill() {
    admin_.reset();
    process_->kill();
    process_->wait();
}

}  // namespace entstream::test
