#include "tests/integration/sync/slapd.hpp"

#include <sys/wait.h>

#include <fstream>
#include <stdexcept>
#include <string_view>

#include "tests/support/free_port.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {

namespace {

constexpr const char* base_ldif = R"(dn: dc=fr
objectClass: dcObject
objectClass: organization
dc: fr
o: France

dn: cn=reader,dc=fr
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: secret

dn: ou=people,dc=fr
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=fr
objectClass: organizationalUnit
ou: groups

dn: ou=roles,dc=fr
objectClass: organizationalUnit
ou: roles

)";

}  // namespace

Slapd::Slapd(SlapdOptions options)
    : options_(std::move(options)),
      port_(options_.port == 0 ? free_port() : options_.port),
      uri_("ldap://127.0.0.1:" + std::to_string(port_)) {
    std::filesystem::create_directory(dir_.path() / "data");
    write_config();
    if (options_.empty) {
        start();
    } else {
        load("");
    }
}

Slapd::~Slapd() = default;

void Slapd::write_config() {
    std::string text;
    for (const char* schema : {"core", "cosine", "inetorgperson"}) {
        text += std::string("include /etc/ldap/schema/") + schema + ".schema\n";
    }
    text += "modulepath /usr/lib/ldap\nmoduleload back_mdb\n";
    if (options_.load_syncprov) {
        text += "moduleload syncprov\n";
    }
    for (const std::string& line : options_.global_lines) {
        text += line + '\n';
    }
    text += std::string("database mdb\nsuffix ") + suffix + "\nrootdn " + admin_dn + "\nrootpw " + password +
            "\ndirectory " + (dir_.path() / "data").string() +
            "\nmaxsize 1073741824\ndbnosync\nindex objectClass,uid,entryUUID,entryCSN eq\n";
    for (const std::string& line : options_.lines) {
        text += line + '\n';
    }
    if (options_.syncprov) {
        text += "overlay syncprov\n";
        if (options_.session_log) {
            text += "syncprov-sessionlog 1000\n";
        }
    }
    for (const std::string& line : options_.overlay_lines) {
        text += line + '\n';
    }
    constexpr std::string_view placeholder = "%DIR%";
    for (auto at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder)) {
        text.replace(at, placeholder.size(), dir_.path().string());
    }
    const auto file = dir_.write("slapd.conf", text);
}

void Slapd::load(const std::string& ldif) {
    stop();
    fill(base_ldif + ldif, {"-w"});
    start();
}

std::string Slapd::backup() const {
    const Exit written = Process::run({"/usr/sbin/slapcat", "-b", suffix, "-f", dir_.path() / "slapd.conf"});
    if (written.status != 0) {
        throw std::runtime_error("slapcat: " + written.err);
    }
    return written.out;
}

void Slapd::restart(const std::function<void(DirectoryClient&)>& first) {
    stop();
    if (first) {
        start_at("ldap://127.0.0.1:" + std::to_string(free_port()));
        first(admin());
        stop();
    }
    start();
}

void Slapd::restore(const std::string& backup, const std::function<void(DirectoryClient&)>& first) {
    stop();
    fill(backup, {});
    restart(first);
}

void Slapd::fill(const std::string& ldif, const std::vector<std::string>& options) {
    const auto file = dir_.write("content.ldif", ldif);
    std::vector<std::string> command = {"/usr/sbin/slapadd",        "-q", "-b", suffix, "-f",
                                        dir_.path() / "slapd.conf", "-l", file};
    command.insert(command.end(), options.begin(), options.end());
    // slapadd 2.5 ends now and then by a signal ("double free or corruption"), whatever it loads; what it refuses has a
    // status of its own.
    constexpr int by_signal = 128;
    Exit loaded;
    loaded.status = by_signal;
    for (int tries = 0; tries < 3 && loaded.status >= by_signal; ++tries) {
        std::filesystem::remove_all(dir_.path() / "data");
        std::filesystem::create_directory(dir_.path() / "data");
        loaded = Process::run(command);
    }
    if (loaded.status != 0) {
        throw std::runtime_error("slapadd: " + loaded.err);
    }
}

void Slapd::start() {
    start_at(uri_);
}

void Slapd::start_at(const std::string& uri) {
    std::string listeners = uri;
    for (const std::string& listener : options_.listeners) {
        listeners += ' ' + listener;
    }
    // slapd makes tables as long as the limit of open files, which containers set to a thousand million.
    process_ = std::make_unique<Process>(
        std::vector<std::string>{"sh", "-c", R"(ulimit -n 1024; exec /usr/sbin/slapd -d none -h "$1" -f "$2")", "slapd",
                                 listeners, dir_.path() / "slapd.conf"});
    std::string refused;
    const bool up = wait_until([this, &uri, &refused] {
        try {
            admin_ = std::make_unique<DirectoryClient>(uri, admin_dn, password);
            return true;
        } catch (const std::runtime_error& error) {
            refused = error.what();
            return !process_->running();
        }
    });
    if (!up || admin_ == nullptr) {
        throw std::runtime_error("slapd does not answer: " + refused + process_->err());
    }
}

void Slapd::stop() {
    admin_.reset();
    if (process_ != nullptr) {
        process_->signal(SIGINT);
        process_->wait();
        process_.reset();
    }
}

void Slapd::kill() {
    admin_.reset();
    process_->kill();
    process_->wait();
    process_.reset();
}

void Slapd::reconfigure(SlapdOptions options) {
    stop();
    options_ = std::move(options);
    write_config();
    start();
}

void Slapd::freeze() {
    process_->signal(SIGSTOP);
    int status = 0;
    ::waitpid(process_->pid(), &status, WUNTRACED);  // all threads stand still from here
}

DirectoryClient& Slapd::admin() {
    return *admin_;
}

void Slapd::add_person(const std::string& uid, const std::string& type, const std::string& parent) {
    admin().add("uid=" + uid + "," + parent, {{"objectClass", {"inetOrgPerson"}},
                                              {"uid", {uid}},
                                              {"cn", {uid}},
                                              {"sn", {uid}},
                                              {"mail", {uid + "@ent.example.fr"}},
                                              {"employeeType", {type}}});
}

void Slapd::add_group(const std::string& cn, const std::vector<std::string>& members) {
    admin().add("cn=" + cn + ",ou=groups,dc=fr",
                {{"objectClass", {"groupOfNames"}}, {"cn", {cn}}, {"member", members}});
}

producer::ProducerConfig config_for(const Slapd& slapd) {
    producer::ProducerConfig config;
    config.source = "test";
    config.ldap.uri = slapd.uri();
    config.ldap.bind_dn = Slapd::reader_dn;
    config.ldap.bind_password = Slapd::password;
    config.probe_interval = std::chrono::milliseconds(50);
    producer::SearchConfig users;
    users.name = "users";
    users.kind = producer::EntryKind::user;
    users.base = "ou=people,dc=fr";
    users.filter = "(uid=*)";
    users.attributes = {"uid", "sn", "mail", "employeeType"};
    config.searches = {users};
    return config;
}

producer::SearchConfig group_search() {
    producer::SearchConfig groups;
    groups.name = "groups";
    groups.kind = producer::EntryKind::group;
    groups.base = "ou=groups,dc=fr";
    groups.filter = "(objectClass=groupOfNames)";
    groups.attributes = {"cn"};
    return groups;
}

}  // namespace entstream::test
