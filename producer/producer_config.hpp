#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "common/config/environment.hpp"
#include "common/config/help.hpp"
#include "common/kafka/kafka_config.hpp"
#include "common/ldap/ldap_config.hpp"
#include "common/log/log_config.hpp"
#include "common/metrics/metrics_config.hpp"

namespace entstream::producer {

/// What a search's entries are on the log.
enum class EntryKind { user, group, role };

enum class Scope { base, one_level, subtree };

/// One search of the source. Searches are refreshed in the order users, groups, roles, whatever order they stand in.
struct SearchConfig {
    std::string name;  ///< names the search in the state topic; [a-z0-9-]
    EntryKind kind{};
    std::string base;
    Scope scope = Scope::subtree;
    std::string filter = "(objectClass=*)";
    std::vector<std::string> attributes;      ///< what is published; operational ones are added by us
    std::string member_attribute = "member";  ///< groups and roles: published as member records, not as an attribute
    bool watch = false;                       ///< for containers: not published, and not of a kind
};

/// As many bits as index::SearchSet has.
inline constexpr std::size_t most_searches = 64;

/// Everything entstream-producer reads from its configuration file.
struct ProducerConfig {
    std::string source;          ///< [a-z0-9-]: part of topic names and of the transactional id
    unsigned nested_groups = 0;  ///< how deep groups in groups are followed; 0: not
    ldap::LdapConfig ldap;
    std::vector<SearchConfig> searches;
    kafka::KafkaConfig kafka;
    metrics::MetricsConfig metrics{
        .listen = "127.0.0.1:9464", .user = {}, .password = {}, .cert_file = {}, .key_file = {}};
    log::LogConfig log;

    std::size_t transaction_records = 16000;              ///< a transaction is closed at about this many records
    std::size_t queue_bytes = 64UL << 20U;                ///< LDAP messages waiting for the publisher
    std::chrono::milliseconds heartbeat_interval{10000};  ///< meta/heartbeat
    std::chrono::milliseconds probe_interval{4000};       ///< contextCSN read on the stream's connection
    std::chrono::milliseconds reconnect_first{1000};      ///< backoff: doubles from here ...
    std::chrono::milliseconds reconnect_most{60000};      ///< ... to here, with jitter

    std::chrono::milliseconds reconcile_interval{std::chrono::hours(24)};  ///< of everything, beside the stream; 0: off
    /// The same after the connection to the directory was lost; 0: not for that reason.
    std::chrono::milliseconds reconcile_after_loss{std::chrono::minutes(10)};

    std::chrono::milliseconds purge_after{std::chrono::hours(24) * 90};  ///< age of deletions that are purged; 0: none

    /// Not configured: what is watched beside the searches (publish::container_searches).
    std::vector<SearchConfig> containers;

    std::vector<std::string> warnings;  ///< found while reading; to be logged once logging is set up
};

/// The searches on the wire: `searches`, then `containers`. The position in this list names a search in messages.
inline std::vector<SearchConfig> all_searches(const ProducerConfig& config) {
    std::vector<SearchConfig> all = config.searches;
    all.insert(all.end(), config.containers.begin(), config.containers.end());
    return all;
}

/// Reads the configuration file (docs/configuration.md) and the ENTSTREAM_* environment variables that override it.
/// \throws config::ConfigError with everything that is wrong, one problem a line
ProducerConfig load_config(const std::filesystem::path& file,
                           const config::Environment& environment = config::process_environment());

/// What --help-config prints: every key of the file.
std::string config_help(config::HelpFormat format);

}  // namespace entstream::producer
