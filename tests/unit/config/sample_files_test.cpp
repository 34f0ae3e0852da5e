#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
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

std::string text_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
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

/// The part of a text that begins with a line and goes on to the next line that is empty or ends a block.
std::string part_from(const std::string& text, const std::string& line) {
    const std::size_t begin = text.find(line);
    const std::size_t end = text.find("\n```", begin);
    return begin == std::string::npos ? "" : text.substr(begin, end == std::string::npos ? end : end + 1 - begin);
}

/// Takes the mark of a comment off each line.
std::string uncommented(const std::string& text) {
    return std::regex_replace(text, std::regex("(^|\n)# "), "$1");
}

TEST(SampleFiles, CohortsOfPeopleAreReadyToBeTakenInAndSayWhatTheProducerMustPublish) {
    const std::filesystem::path folder = std::filesystem::path(ENTSTREAM_SOURCE_DIR) / "deploy" / "config";
    const config::ConfigFiles files(
        {{"ENTSTREAM_LDAP_BIND_PASSWORD", "secret"}, {"ENTSTREAM_DATABASE_PASSWORD", "secret"}});
    const std::string sample = text_of(folder / "consumer.toml");
    const std::string example = uncommented(part_from(sample, "# [[cohorts.from_people]]"));
    EXPECT_EQ(example, part_from(consumer::config_help(config::HelpFormat::markdown), "[[cohorts.from_people]]\nname"));

    const auto consumer_config =
        consumer::load_config(files.write("consumer.toml", sample + example), files.environment());
    ASSERT_EQ(consumer_config.mapping.cohorts.from_people.size(), 1U);
    const consumer::map::Mapper mapper(consumer_config.mapping);
    const auto missing =
        mapper.missing_in(described(producer::load_config(folder / "producer.toml", files.environment())));
    ASSERT_EQ(missing.size(), 1U);
    EXPECT_EQ(missing[0],
              "the mapping of users reads the attribute ENTEleveClasses, which source 'region' does not publish; add "
              "it to attributes of the producer's search 'people', or remove it from the mapping");
}

}  // namespace
}  // namespace entstream
