#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "consumer/consumer_config.hpp"
#include "producer/producer_config.hpp"
#include "tests/unit/config/config_files.hpp"

namespace entstream::config {
namespace {

/// The sample as a user would fill it in: every key that is commented out and has a default is taken in.
std::string uncommented(const std::string& sample) {
    std::istringstream lines(sample);
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        const bool is_key = line.starts_with("# ") && line.find(' ', 2) == line.find(" = ") &&
                            line.find(" = ") != std::string::npos && !line.ends_with(" = \"\"");
        text += (is_key || line.starts_with("# [[") ? line.substr(2) : line) + '\n';
    }
    return text;
}

TEST(Help, TheDocumentationIsUpToDate) {
    const std::string file = std::string(ENTSTREAM_SOURCE_DIR) + "/docs/configuration.md";
    std::ifstream stream(file);
    std::ostringstream committed;
    committed << stream.rdbuf();
    EXPECT_EQ(committed.str(),
              producer::config_help(HelpFormat::markdown) + "\n" + consumer::config_help(HelpFormat::markdown))
        << "write it again: (entstream-producer --help-config=markdown; echo; entstream-consumer "
           "--help-config=markdown) > docs/configuration.md";
}

std::string committed_schema(const std::string& program) {
    std::ostringstream text;
    text << std::ifstream(std::string(ENTSTREAM_SOURCE_DIR) + "/schemas/config/" + program + ".schema.json").rdbuf();
    return text.str();
}

TEST(Help, TheSchemasForEditorsAreUpToDate) {
    const std::string remedy = "write it again: PROGRAM --help-config=json-schema > schemas/config/PROGRAM.schema.json";
    EXPECT_EQ(committed_schema("entstream-producer"), producer::config_help(HelpFormat::json_schema)) << remedy;
    EXPECT_EQ(committed_schema("entstream-consumer"), consumer::config_help(HelpFormat::json_schema)) << remedy;
}

TEST(Help, TheProducersSampleIsRefusedForItsEmptyRequiredKeysOnly) {
    const ConfigFiles files;
    const auto file = files.write("producer.toml", producer::config_help(HelpFormat::text));
    const std::string said = problems_of([&] { producer::load_config(file, files.environment()); }, files.folder());
    EXPECT_EQ(std::regex_replace(said, std::regex("producer.toml:[0-9]+: "), ""),
              R"(source: is empty; give it a value
ldap.uri: is empty; give it a value
search[1].name: is empty; give it a value
search[1].kind: is none of the values it can have; write one of user, group, role
search[1].base: is empty; give it a value
search[1].attributes: is empty; name at least one
kafka.bootstrap_servers: is empty; give it a value)");
}

TEST(Help, TheConsumersSampleHoldsTheDefaults) {
    ConfigFiles files({{"ENTSTREAM_TARGET", "t"},
                       {"ENTSTREAM_SOURCES", "s"},
                       {"ENTSTREAM_KAFKA_BOOTSTRAP_SERVERS", "k:1"},
                       {"ENTSTREAM_DATABASE_NAME", "n"},
                       {"ENTSTREAM_DATABASE_USER", "u"},
                       {"ENTSTREAM_DATABASE_PASSWORD", "p"}});
    const std::string sample = consumer::config_help(HelpFormat::text);
    const auto as_it_is = consumer::load_config(files.write("a.toml", sample), files.environment());
    const auto defaults = consumer::load_config(files.write("b.toml", ""), files.environment());
    EXPECT_EQ(as_it_is.mapping, defaults.mapping);
    EXPECT_EQ(as_it_is.batch_records, defaults.batch_records);

    std::string all = uncommented(sample);
    all.replace(all.find("[[users.type]]"), 14, "[[users.type]]\nname = \"anybody\"\nfilter = \"(uid=*)\"\n");
    all.replace(all.find("[[cohorts.from_people]]"), 0, "# ");  // has nothing by default
    all = std::regex_replace(all, std::regex("\npassword_file"), "\n#password_file");
    const auto taken_in = consumer::load_config(files.write("c.toml", all), files.environment());
    EXPECT_EQ(taken_in.mapping.users.fields, defaults.mapping.users.fields);
    EXPECT_EQ(taken_in.mapping.cohorts, defaults.mapping.cohorts);
    EXPECT_EQ(taken_in.mapping.roles, defaults.mapping.roles);
    EXPECT_EQ(taken_in.check_interval, defaults.check_interval);
    EXPECT_EQ(taken_in.component, defaults.component);
}

TEST(Help, AMissingFileIsNamedWithTheWayToASample) {
    EXPECT_EQ(
        problems_of([] { producer::load_config("/nonexistent/p.toml"); }),
        R"(/nonexistent/p.toml: cannot read the configuration file: No such file or directory; name one that entstream-producer may read; `entstream-producer --help-config` prints a sample)");
    EXPECT_EQ(
        problems_of([] { consumer::load_config("/tmp"); }),
        R"(/tmp: cannot read the configuration file: is a directory; name one that entstream-consumer may read; `entstream-consumer --help-config` prints a sample)");
}

TEST(Help, WhatIsNotTomlIsNamedWithItsLine) {
    const ConfigFiles files;
    const auto file = files.write("p.toml", "source = \"x\"\n[ldap\n");
    const std::string said = problems_of([&] { producer::load_config(file, files.environment()); }, files.folder());
    EXPECT_TRUE(said.starts_with("p.toml:2: is not valid TOML: ")) << said;
}

}  // namespace
}  // namespace entstream::config
