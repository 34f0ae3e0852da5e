#include "producer/producer_config.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "common/config/checks.hpp"
#include "common/config/reading.hpp"
#include "common/config/schema.hpp"
#include "common/config/shared_sections.hpp"
#include "common/model/after_image.hpp"

namespace entstream::producer {

namespace {

using config::Node;
using config::Reading;
using config::Schema;

constexpr const char* program = "entstream-producer";

void describe_search(Schema& schema, SearchConfig& search) {
    schema.text("name", search.name, "Names the search in the state topic: lower-case letters, digits and -.",
                {.required = true, .secret = false, .check = config::check_name});
    schema.choice("kind", search.kind,
                  {{"user", EntryKind::user}, {"group", EntryKind::group}, {"role", EntryKind::role}},
                  "What its entries are: persons, groups (they become cohorts) or role objects.", true);
    schema.text("base", search.base, "DN that the search starts from.",
                {.required = true, .secret = false, .check = {}});
    schema.choice("scope", search.scope,
                  {{"base", Scope::base}, {"one", Scope::one_level}, {"subtree", Scope::subtree}},
                  "How far below the base it looks.");
    schema.text("filter", search.filter, "Filter that the directory evaluates.",
                {.required = false, .secret = false, .check = config::check_filter});
    schema.list("attributes", search.attributes,
                "Attributes that are published. entryCSN and createTimestamp are added by entstream.",
                {.required = true, .check = config::check_attribute});
    schema.text("member_attribute", search.member_attribute,
                "Groups and role objects: the attribute with the DNs of their members. It is published as one record "
                "per member, so it must not stand in attributes.",
                {.required = false, .secret = false, .check = config::check_attribute});
}

Schema describe(ProducerConfig& config) {
    Schema schema;
    schema.section("", "One directory, published to one set of topics.");
    schema.text("source", config.source,
                "Names the directory in topics and in Kafka's transactional id: lower-case letters, digits and -. "
                "Another name is another log.",
                {.required = true, .secret = false, .check = config::check_name});
    schema.integer("nested_groups", config.nested_groups,
                   "Groups whose members are groups: how many levels of them are followed, so that the members of the "
                   "inner ones count as members of the outer one (also of a role object). 0: not at all.",
                   {.least = 0, .most = 10});

    schema.section("ldap", "The directory.");
    schema.text("uri", config.ldap.uri,
                "Where it is: ldap://host:port, ldaps://host:port or ldapi://path. Several servers of the same "
                "directory with spaces between: the first one that can be used is kept until it fails.",
                {.required = true, .secret = false, .check = config::check_ldap_uri});
    schema.text(
        "bind_dn", config.ldap.bind_dn,
        "Who asks. Empty: SASL EXTERNAL where the directory knows us, with ldapi:// by the user that the program "
        "runs as, or by cert_file; nobody otherwise.");
    schema.text("bind_password", config.ldap.bind_password, "Password of bind_dn.",
                {.required = false, .secret = true, .check = {}});
    schema.boolean("start_tls", config.ldap.start_tls, "Encrypt an ldap:// connection before anything is said on it.");
    schema.text("ca_file", config.ldap.ca_file,
                "Certificates that the directory's certificate is checked against, PEM. Empty: the system's.");
    schema.text("cert_file", config.ldap.cert_file,
                "Certificate that the program shows to the directory, PEM. Needs key_file, and ldaps:// or start_tls.");
    schema.text("key_file", config.ldap.key_file, "Its private key, PEM, without a password.");
    schema.duration("timeout", config.ldap.timeout,
                    "The longest wait for a connection, a bind or an answer outside the stream.",
                    std::chrono::milliseconds(100));

    schema.section("", "");
    schema.tables("search", config.searches,
                  "One search of the directory; at least one must be for users. Users are read before groups, groups "
                  "before role objects.",
                  describe_search, true);

    config::add_kafka_section(schema, config.kafka);

    schema.section("producer", "Limits and rhythms. The defaults suit a region.");
    schema.integer("transaction_records", config.transaction_records,
                   "A Kafka transaction is closed at about this many records, the first ones of a refresh sooner.",
                   {.least = 1, .most = 100000});
    schema.size("queue_bytes", config.queue_bytes, "Messages of the directory that wait for Kafka, at the most.",
                {.least = 1L << 20, .most = 1L << 40});
    schema.duration("heartbeat_interval", config.heartbeat_interval, "How often a sign of life is published.",
                    std::chrono::milliseconds(100));
    schema.duration("probe_interval", config.probe_interval,
                    "How often the directory is asked how far it has got (contextCSN).",
                    std::chrono::milliseconds(100));
    schema.duration("reconnect_first", config.reconnect_first,
                    "Wait before the first try to reconnect; it doubles with every try ...",
                    std::chrono::milliseconds(1));
    schema.duration("reconnect_most", config.reconnect_most, "... up to this.", std::chrono::milliseconds(1));

    schema.duration("reconcile_interval", config.reconcile_interval,
                    "How often the whole directory is compared with the log beside the stream, to find what the "
                    "directory never announces (memberOf, rights, referential integrity). 0s: never.",
                    std::chrono::milliseconds(0));
    schema.duration("reconcile_after_loss", config.reconcile_after_loss,
                    "The same when the connection to the directory was lost: a slapd that is killed forgets deletions "
                    "that it has not told yet, and no later refresh names them. Never sooner than this after the last "
                    "time. 0s: not for that reason.",
                    std::chrono::milliseconds(0));
    schema.duration("purge_after", config.purge_after,
                    "Deletions that have been on the log for longer are taken out of it, once a day: they name people "
                    "who are gone. A consumer that was away for longer has to be rebuilt. 0s: never.",
                    std::chrono::milliseconds(0));

    config::add_metrics_section(schema, config.metrics);
    config::add_log_section(schema, config.log);
    return schema;
}

void check_ldap(const ProducerConfig& config, Reading& reading, const Node& root) {
    const ldap::LdapConfig& ldap = config.ldap;
    std::istringstream servers(ldap.uri);
    for (std::string server; servers >> server;) {
        const bool plain = server.starts_with("ldap://");
        if (ldap.start_tls && !plain) {
            reading.add_at(root, "ldap.start_tls", {"needs an ldap:// URI", "remove it, or use ldap:// in uri"});
            break;
        }
        if (!ldap.cert_file.empty() && !ldap.start_tls && !server.starts_with("ldaps://")) {
            reading.add_at(
                root, "ldap.cert_file",
                {"needs TLS, which " + server + " has not", "use ldaps://, or ldap:// with start_tls = true"});
            break;
        }
    }
    if (ldap.cert_file.empty() != ldap.key_file.empty()) {
        reading.add_at(
            root, ldap.cert_file.empty() ? "ldap.key_file" : "ldap.cert_file",
            {ldap.cert_file.empty() ? "is given without cert_file" : "is given without key_file", "set both, or none"});
    }
    if (!ldap.bind_dn.empty() && ldap.bind_password.empty()) {
        // RFC 4513 section 5.1.2: such a bind succeeds, as nobody.
        reading.add_at(root, "ldap.bind_dn",
                       {"has no password", "set bind_password_file or bind_password_env, or remove bind_dn"});
    }
    if (ldap.bind_dn.empty() && !ldap.bind_password.empty()) {
        reading.add_at(root, "ldap.bind_password", {"is given without bind_dn", "set bind_dn, or remove the password"});
    }
}

// An entry that two searches hold has one list of members.
void check_member_attributes(const ProducerConfig& config, Reading& reading, const Node& searches) {
    std::map<EntryKind, const SearchConfig*> first;
    for (std::size_t i = 0; i < config.searches.size(); ++i) {
        const SearchConfig& search = config.searches[i];
        const SearchConfig& other = *first.try_emplace(search.kind, &search).first->second;
        if (search.kind == EntryKind::user || same_attribute(search.member_attribute, other.member_attribute)) {
            continue;
        }
        reading.add_at(searches.list()->at(i), "member_attribute",
                       {"is " + search.member_attribute + ", but search " + other.name + " of the same kind has " +
                            other.member_attribute,
                        "give both the same"},
                       "search[" + std::to_string(i + 1) + "].");
    }
}

void check_searches(const ProducerConfig& config, Reading& reading, const Node& root) {
    const Node* searches = root.find("search");
    if (searches == nullptr || searches->list() == nullptr) {
        return;  // already said
    }
    bool users = false;
    std::set<std::string> names;
    for (std::size_t i = 0; i < config.searches.size(); ++i) {
        const SearchConfig& search = config.searches[i];
        const Node& table = searches->list()->at(i);
        const std::string path = "search[" + std::to_string(i + 1) + "].";
        const auto is_member = [&](const std::string& name) { return same_attribute(name, search.member_attribute); };
        users = users || search.kind == EntryKind::user;
        if (!search.name.empty() && !names.insert(search.name).second) {
            reading.add_at(table, "name", {"another search has the name '" + search.name + "' too", "rename one"},
                           path);
        }
        if (search.kind == EntryKind::user && table.find("member_attribute") != nullptr) {
            reading.add_at(table, "member_attribute", {"has no meaning for users", "remove it"}, path);
        }
        if (search.kind != EntryKind::user &&
            std::any_of(search.attributes.begin(), search.attributes.end(), is_member)) {
            reading.add_at(table, "attributes",
                           {"holds the member attribute, which is published one record per member",
                            "remove " + search.member_attribute + " from it"},
                           path);
        }
    }
    if (config.searches.size() > most_searches) {
        reading.add("search", {"has " + std::to_string(config.searches.size()) + " tables",
                               "a source has at most " + std::to_string(most_searches) +
                                   ": join some by a filter, or make it two sources"});
    }
    check_member_attributes(config, reading, *searches);
    if (!users) {
        reading.add("search", {"none is for users, so no member could be known", "add one with kind = \"user\""});
    }
}

}  // namespace

ProducerConfig load_config(const std::filesystem::path& file, const config::Environment& environment) {
    const Node root = config::read_toml(file, program);
    Reading reading(file, environment);
    ProducerConfig config;
    describe(config).read(root, reading);
    check_ldap(config, reading, root);
    check_searches(config, reading, root);
    if (config.reconnect_most < config.reconnect_first) {
        reading.add_at(root, "producer.reconnect_most", {"is shorter than reconnect_first", "make it longer"});
    }
    config::check_metrics(config.metrics, root, reading);
    reading.throw_problems();
    config.warnings = reading.warnings();
    return config;
}

std::string config_help(config::HelpFormat format) {
    ProducerConfig config;
    const std::string common(format == config::HelpFormat::markdown ? config::common_rules() : "");
    return common + (common.empty() ? "" : "\n") +
           config::help(describe(config), format, program,
                        "Follows one directory and publishes its changes. One process per directory (`source`).\n");
}

}  // namespace entstream::producer
