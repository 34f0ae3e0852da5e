#include "consumer/merge/settings.hpp"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <pqxx/result>

#include <optional>
#include <string_view>
#include <vector>

#include "consumer/map/mapper.hpp"
#include "consumer/merge/database.hpp"
#include "consumer/merge/failure.hpp"

namespace entstream::consumer::merge {
namespace {

std::string mapping_of(const std::string& source) {
    return "mapping/" + source;
}

std::string published_by(const std::string& source) {
    return "published/" + source;
}

std::string prefix_of(const std::string& source) {
    return "cohort_prefix/" + source;
}

std::optional<std::string> stored(pqxx::transaction_base& transaction, const std::string& name) {
    const pqxx::result found =
        transaction.exec("SELECT value FROM entstream.property WHERE name = " + transaction.quote(name));
    return found.empty() ? std::nullopt : std::optional(found[0][0].as<std::string>());
}

/// \param conflict  what to do with a value that is there
void store(pqxx::transaction_base& transaction, const std::string& name, const std::string& value,
           std::string_view conflict) {
    transaction.exec("INSERT INTO entstream.property AS property (name, value) VALUES (" + transaction.quote(name) +
                     ", " + transaction.quote(value) + ") ON CONFLICT (name) DO " + std::string(conflict));
}

std::string difference(const std::string& key, const std::string& before, const std::string& now) {
    return key + " = '" + now + "', but accounts, cohorts and roles were written with '" + before +
           "', and would not be ours any more; set it back";
}

/// What the mapping lacks of what the source has published by its last word, as far as we read it.
std::vector<std::string> missing(const ConsumerConfig& config, const std::string& description) {
    v1::SourceDescription published;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    if (!google::protobuf::util::JsonStringToMessage(description, &published, options).ok()) {
        return {};  // of another version of entstream: the next one on the log is checked
    }
    return map::Mapper(config.mapping).missing_in(published);
}

}  // namespace

std::vector<std::string> unchangeable_settings(pqxx::transaction_base& transaction, const ConsumerConfig& config) {
    std::vector<std::string> problems;
    if (const auto before = stored(transaction, "component"); before && *before != config.component) {
        problems.push_back(difference("component", *before, config.component));
    }
    if (const auto before = stored(transaction, "auth"); before && *before != config.auth) {
        problems.push_back(difference("users.auth", *before, config.auth));
    }
    return problems;
}

std::vector<std::string> remapped_sources(pqxx::transaction_base& transaction, const ConsumerConfig& config) {
    const std::string mapping = map::fingerprint(config.mapping);
    std::vector<std::string> sources;
    for (const std::string& source : config.sources) {
        if (const auto before = stored(transaction, mapping_of(source)); before && *before != mapping) {
            sources.push_back(source);
        }
    }
    return sources;
}

void check_settings(pqxx::transaction_base& transaction, const ConsumerConfig& config, bool rebuilds) {
    if (transaction.exec("SELECT to_regclass('entstream.property')")[0][0].is_null()) {
        return;
    }
    std::vector<std::string> problems = unchangeable_settings(transaction, config);
    const std::string mapping = map::fingerprint(config.mapping);
    for (const std::string& source : config.sources) {
        const auto before = stored(transaction, mapping_of(source));
        if (!rebuilds && before && *before != mapping) {
            problems.push_back(fmt::format(
                "the mapping ([users], [cohorts], [roles]; fingerprint {}) is not the one that source '{}' was applied "
                "with ({}); set it back, or rebuild (entstream-replay resync, docs/rebuild.md)",
                mapping, source, *before));
        }
        if (const auto description = stored(transaction, published_by(source))) {
            for (const std::string& sentence : missing(config, *description)) {
                problems.push_back(fmt::format("source '{}': {}", source, sentence));
            }
        }
    }
    if (problems.empty()) {
        return;
    }
    std::string message = "the configuration of target '" + config.target + "' does not fit what is in " +
                          describe(config.database) + ":";
    for (const std::string& problem : problems) {
        message += "\n  " + problem;
    }
    throw TargetError(message);
}

void record_settings(pqxx::transaction_base& transaction, const ConsumerConfig& config, const std::string& source) {
    constexpr std::string_view keep = "NOTHING";
    store(transaction, "component", config.component, keep);
    store(transaction, "auth", config.auth, keep);
    store(transaction, mapping_of(source), map::fingerprint(config.mapping), keep);
    record_cohort_prefix(transaction, config, source);
}

void record_cohort_prefix(pqxx::transaction_base& transaction, const ConsumerConfig& config,
                          const std::string& source) {
    store(transaction, prefix_of(source), config.mapping.cohorts.prefix, "UPDATE SET value = excluded.value");
}

bool cohort_prefix_changes(pqxx::transaction_base& transaction, const ConsumerConfig& config,
                           const std::string& source) {
    return stored(transaction, prefix_of(source)).value_or("") != config.mapping.cohorts.prefix;
}

void record_published(pqxx::transaction_base& transaction, const std::string& source, const std::string& description) {
    store(transaction, published_by(source), description, "UPDATE SET value = excluded.value");
}

}  // namespace entstream::consumer::merge
