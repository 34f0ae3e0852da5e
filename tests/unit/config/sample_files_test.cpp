#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "consumer/consumer_config.hpp"
#include "consumer/map/mapper.hpp"
#include "producer/producer_config.hpp"
#include "tests/unit/config/config_files.hpp"

namespace entstream {
namespace {

v1::SourceDescription described(const producer::ProducerConfig& config) {
    v1::SourceDescription source;
    source.set_source(config.source);
    for (const producer::SearchConfig& search : config.searches) {
        auto* described_search = source.add_searches();
        described_search->set_name(search.name);
        described_search->set_kind(search.kind == producer::EntryKind::user    ? v1::KIND_USER
                                   : search.kind == producer::EntryKind::group ? v1::KIND_GROUP
                                                                               : v1::KIND_ROLE);
        described_search->mutable_attributes()->Add(search.attributes.begin(), search.attributes.end());
    }
    return source;
}

TEST(SampleFiles, AreAcceptedAndGoTogether) {
    const std::filesystem::path folder = std::filesystem::path(ENTSTREAM_SOURCE_DIR) / "deploy" / "config";
    const config::ConfigFiles files(
        {{"ENTSTREAM_LDAP_BIND_PASSWORD", "secret"}, {"ENTSTREAM_DATABASE_PASSWORD", "secret"}});
    const auto producer_config = producer::load_config(folder / "producer.toml", files.environment());
    const auto consumer_config = consumer::load_config(folder / "consumer.toml", files.environment());
    EXPECT_EQ(consumer_config.sources, std::vector<std::string>{producer_config.source});
    const consumer::map::Mapper mapper(consumer_config.mapping);
    EXPECT_EQ(mapper.missing_in(described(producer_config)), std::vector<std::string>());
}

}  // namespace
}  // namespace entstream
