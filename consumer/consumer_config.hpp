#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/config/environment.hpp"
#include "common/config/help.hpp"
#include "common/kafka/kafka_config.hpp"
#include "common/log/log_config.hpp"
#include "common/metrics/metrics_config.hpp"
#include "consumer/adoption_config.hpp"
#include "consumer/map/mapping_config.hpp"

namespace entstream::consumer {

/// How to reach Moodle's database.
struct DatabaseConfig {
    std::string host = "127.0.0.1";
    int port = 5432;
    std::string name;
    std::string user;
    std::string password;  ///< resolved from the environment or a file; never logged
    std::string sslmode = "prefer";
    std::string ca_file;                                  ///< PEM; empty: the system's, where sslmode verifies
    std::string cert_file;                                ///< certificate that we show to the server, PEM; empty: none
    std::string key_file;                                 ///< its private key, PEM
    std::string prefix = "mdl_";                          ///< $CFG->prefix
    std::string schema = "public";                        ///< $CFG->dboptions['dbschema'], where Moodle's tables are
    std::chrono::milliseconds statement_timeout{300000};  ///< one statement of ours, at first
};

/// How many removals are done without asking anybody (docs/guard.md): in each window, of each entity, as many as are
/// not more than `removals`, or not more than `percent` of what the source has in this Moodle.
struct GuardConfig {
    bool enabled = true;
    std::int64_t removals = 20;
    std::int64_t percent = 5;
    std::int64_t institution_percent = 25;  ///< of what one institution's people have; 100: not looked at
    std::chrono::milliseconds window{std::chrono::hours(1)};
    bool announced = true;  ///< what the producer announces counts from the first
};

/// What happens to a user who left the directory.
enum class LeaverPolicy { keep, suspend };

/// What is written to Moodle's own log (mdl_logstore_standard_log).
enum class LogRows {
    all,   ///< everything, as Moodle does
    live,  ///< not what a first load or a rebuild does
    none,
};

/// What the first start does on a Moodle that has people already.
enum class FirstStartPolicy { ask, apply };

/// Everything entstream-consumer reads from its configuration file.
struct ConsumerConfig {
    std::string target;                ///< names this Moodle: [a-z0-9-]
    std::vector<std::string> sources;  ///< directories that feed it
    kafka::KafkaConfig kafka;
    DatabaseConfig database;
    map::MappingConfig mapping;
    metrics::MetricsConfig metrics{
        .listen = "127.0.0.1:9465", .user = {}, .password = {}, .cert_file = {}, .key_file = {}};
    log::LogConfig log;

    std::string auth = "ldap";                  ///< mdl_user.auth of the accounts we make
    std::string component = "local_entstream";  ///< mdl_cohort.component, mdl_role_assignments.component
    LeaverPolicy users_leaving = LeaverPolicy::suspend;
    GuardConfig guard;
    LogRows log_rows = LogRows::live;
    Adoption adopt;
    std::size_t batch_records = 10000;                ///< the most records one transaction applies
    std::chrono::milliseconds check_interval{60000};  ///< restored-database check and sweep of parked references
    std::chrono::milliseconds audit_retention{std::chrono::days(90)};  ///< of rows of entstream.audit; 0: for ever

    std::string verify;                              ///< when log and Moodle are compared (app::VerifySchedule)
    std::chrono::milliseconds verify_most{3600000};  ///< how long that may take

    FirstStartPolicy first_start = FirstStartPolicy::ask;

    std::vector<std::string> warnings;  ///< found while reading; to be logged once logging is set up
};

/// Reads the configuration file (docs/configuration.md) and the ENTSTREAM_* environment variables that override it.
/// What it does not say of the mapping comes from consumer/map/sdet.toml.
/// \throws config::ConfigError with everything that is wrong, one problem a line
ConsumerConfig load_config(const std::filesystem::path& file,
                           const config::Environment& environment = config::process_environment());

/// What --help-config prints: every key of the file.
std::string config_help(config::HelpFormat format);

}  // namespace entstream::consumer
