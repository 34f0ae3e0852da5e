#pragma once

#include <pqxx/transaction_base>

#include <string>
#include <vector>

#include "consumer/consumer_config.hpp"

/// What a target was filled with (entstream.property): a configuration that would fill it in another way must not take
/// effect entry by entry, unnoticed.
namespace entstream::consumer::merge {

/// Compares the configuration with what is stored, and its mapping with what the sources published last. Reads only;
/// the schema `entstream` need not be there.
/// \param rebuilds  another mapping is what this is about
/// \throws TargetError every difference, with the remedy
void check_settings(pqxx::transaction_base& transaction, const ConsumerConfig& config, bool rebuilds = false);

/// Which of component and users.auth differ from what is stored: what was written would not be ours any more. A
/// sentence each. \pre the schema is there
std::vector<std::string> unchangeable_settings(pqxx::transaction_base& transaction, const ConsumerConfig& config);

/// The sources that were applied with another mapping. \pre the schema is there
std::vector<std::string> remapped_sources(pqxx::transaction_base& transaction, const ConsumerConfig& config);

/// Stores them where nothing is stored yet: with the first batch of a log. \pre check_settings() found no difference
void record_settings(pqxx::transaction_base& transaction, const ConsumerConfig& config, const std::string& source);

/// Whether cohorts.prefix is another one than when the source was recorded last.
bool cohort_prefix_changes(pqxx::transaction_base& transaction, const ConsumerConfig& config,
                           const std::string& source);

/// Stores the cohorts.prefix that its cohorts have by now.
void record_cohort_prefix(pqxx::transaction_base& transaction, const ConsumerConfig& config, const std::string& source);

/// Stores what a source publishes. \param description  v1::SourceDescription as JSON
void record_published(pqxx::transaction_base& transaction, const std::string& source, const std::string& description);

}  // namespace entstream::consumer::merge
