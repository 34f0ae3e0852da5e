#include "producer/app/check.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstddef>
#include <optional>

#include "common/kafka/topic_admin.hpp"
#include "producer/app/log_topics.hpp"
#include "producer/sync/side_reader.hpp"
#include "producer/sync/sync_reader.hpp"

namespace entstream::producer::app {

namespace {

/// Ends the reading of a search: one entry is enough.
struct SawOne {};

/// An entry of a search as this bind DN sees it; nullopt: it sees none.
std::optional<sync::EntryMessage> first_entry(sync::SideReader& reader, std::size_t search) {
    std::optional<sync::EntryMessage> first;
    try {
        reader.read_all(search, [&first](sync::EntryMessage entry) {
            first = std::move(entry);
            throw SawOne();
        });
    } catch (const SawOne&) {
    }
    return first;
}

}  // namespace

Advice check_directory(const ProducerConfig& config) {
    const sync::ProviderState provider = sync::SyncReader(config).connect();
    spdlog::info("{} answers, holds {} and can stream its changes", provider.uri, provider.suffix);
    Advice advice;
    const bool has_csns = provider.kind == sync::ProviderKind::openldap;
    if (has_csns && provider.context_csns.empty()) {
        advice.push_back("ldap.bind_dn may not read contextCSN of " + provider.suffix +
                         ": a directory that was restored from a backup would not be noticed; allow it");
    }
    sync::SideReader reader(config);
    for (std::size_t i = 0; i < config.searches.size(); ++i) {
        const SearchConfig& search = config.searches[i];
        const auto entry = first_entry(reader, i);
        if (!entry) {
            advice.push_back(
                fmt::format("search {}: \"{}\" shows no entry with filter {}: look at base and filter, and "
                            "whether ldap.bind_dn may read the entries",
                            search.name, search.base, search.filter));
        } else if (has_csns && sync::find_attribute(entry->attributes, "entryCSN") == nullptr) {
            advice.push_back(
                fmt::format("search {}: ldap.bind_dn may not read entryCSN: older states could not be told "
                            "from newer ones; allow it",
                            search.name));
        } else {
            spdlog::info("search {}: \"{}\" shows entries", search.name, search.base);
        }
    }
    return advice;
}

Advice check_topics(const ProducerConfig& config) {
    kafka::TopicAdmin admin(config.kafka);
    const std::vector<kafka::TopicSpec> topics = log_topics(config);
    const std::string weak = admin.check(topics);
    for (const kafka::TopicSpec& topic : topics) {
        spdlog::info("{} answers, topic {} {}", config.kafka.bootstrap_servers, topic.name,
                     admin.exists(topic.name) ? "is there" : "will be created");
    }
    return weak.empty() ? Advice() : Advice{weak};
}

void check_servers(const ProducerConfig& config) {
    for (const auto& check : {check_directory, check_topics}) {
        for (const std::string& advice : check(config)) {
            spdlog::warn("{}", advice);
        }
    }
}

}  // namespace entstream::producer::app
