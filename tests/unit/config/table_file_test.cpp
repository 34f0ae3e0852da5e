// table_file: transcoding tables in CSV files beside the configuration file.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "consumer/consumer_config.hpp"
#include "consumer/map/mapper.hpp"
#include "tests/unit/config/config_files.hpp"

namespace entstream::consumer {
namespace {

using Table = std::map<std::string, std::string>;

constexpr const char* configuration = R"toml(target = "lycees"
sources = ["rennes"]
kafka.bootstrap_servers = "k:9092"
database.name = "moodle"
database.user = "entstream"
[roles.fields]
role = { value = "${cn}", table_file = "roles.csv" }
level = "system"
)toml";

class TableFileTest : public testing::Test {
  protected:
    ConsumerConfig load(const std::string& csv) {
        files_.write("roles.csv", csv);
        return load_config(files_.write("consumer.toml", configuration), files_.environment());
    }

    Table table(const std::string& csv) { return load(csv).mapping.roles.role.table; }

    std::string problems(const std::string& csv) {
        return config::problems_of([&] { load(csv); }, files_.folder());
    }

    config::ConfigFiles files_;
};

TEST_F(TableFileTest, TwoColumnsWithCommasOrSemicolons) {
    const Table expected = {{"ENS", "editingteacher"}, {"TUT", "teacher"}};
    for (const char* csv : {"ENS;editingteacher\nTUT;teacher\n", "ENS,editingteacher\r\nTUT,teacher",
                            "\xEF\xBB\xBF\n ENS ; editingteacher \n\n\"TUT\" ; \"teacher\"\n\n"}) {
        EXPECT_EQ(table(csv), expected) << csv;
    }
}

TEST_F(TableFileTest, QuotedFieldsHoldSeparatorsQuotesAndLineBreaks) {
    EXPECT_EQ(table("\"a;b\";\"says \"\"x\"\"\"\n\"two\nlines\";c,d\ne;\n"),
              (Table{{"a;b", "says \"x\""}, {"two\nlines", "c,d"}, {"e", ""}}));
}

TEST_F(TableFileTest, TextsAreComposedAsThoseOfEntriesAre) {
    EXPECT_EQ(table("de\u0301but;x\n"), (Table{{"d\u00e9but", "x"}}));
}

TEST_F(TableFileTest, EveryWrongLineIsNamedWithItsRemedy) {
    EXPECT_EQ(
        problems("ENS;editingteacher\n"
                 "TUT\n"
                 "ADM;manager;x\n"
                 ";nothing\n"
                 "\"ENS\";again\n"
                 "\xE9t\xE9;latin\n"
                 "\"two\nlines\" more;x\n"
                 "\"open;x\n"),
        R"(roles.csv:2: roles.fields.role.table_file: has 1 column where there must be two; write text;result or text,result, and "..." around a text with the separator in it
roles.csv:3: roles.fields.role.table_file: has 3 columns where there must be two; write text;result or text,result, and "..." around a text with the separator in it
roles.csv:4: roles.fields.role.table_file: has nothing in the first column; write the text there, or remove the line
roles.csv:5: roles.fields.role.table_file: names 'ENS' again, after line 1; keep one of them
roles.csv:6: roles.fields.role.table_file: is not UTF-8; save the file as UTF-8
roles.csv:7: roles.fields.role.table_file: has text behind a closing "; write "" for a " in a text
roles.csv:9: roles.fields.role.table_file: has a " that is not closed; close it; write "" for a " in a text)");
}

TEST_F(TableFileTest, AFileThatIsWrongThroughoutIsNotListedWhole) {
    std::string csv;
    for (int i = 0; i < 1000; ++i) {
        csv += "a\tb\n";
    }
    const std::string said = problems(csv);
    EXPECT_NE(said.find("roles.csv: roles.fields.role.table_file: has 990 more lines that are wrong"),
              std::string::npos)
        << said;
    EXPECT_EQ(said.find("roles.csv:11:"), std::string::npos) << said;
}

TEST_F(TableFileTest, AFileThatIsEmptyOrCannotBeReadIsRefused) {
    EXPECT_EQ(problems("\n\n"),
              "roles.csv: roles.fields.role.table_file: has no line; write one for each text: text;result");
    std::string other = configuration;
    const auto refusal = [&](const std::string& text) {
        return config::problems_of([&] { load_config(files_.write("consumer.toml", text), files_.environment()); },
                                   files_.folder());
    };
    other.replace(other.find("roles.csv"), 9, "other.csv");
    EXPECT_EQ(refusal(other),
              "consumer.toml:7: roles.fields.role.table_file: cannot read the table 'other.csv': No such file or "
              "directory; name a CSV file that this program may read, relative to the configuration file's folder");
    other.replace(other.find("other.csv"), 9, ".");
    EXPECT_NE(refusal(other).find("it is a directory"), std::string::npos) << refusal(other);
    other.replace(other.find("table_file = \".\""), 16, "table_file = 3, table = {}");
    EXPECT_EQ(
        refusal(other),
        "consumer.toml:7: roles.fields.role.table_file: must be text: the path of a CSV file; write it in quotes\n"
        "consumer.toml:7: roles.fields.role.table_file: stands beside table; keep one of them");
}

TEST_F(TableFileTest, WhatStandsInItIsPartOfTheMapping) {
    const std::string former = map::fingerprint(load("ENS;teacher\n").mapping);
    EXPECT_EQ(map::fingerprint(load("ENS,teacher\r\n").mapping), former);
    EXPECT_NE(map::fingerprint(load("ENS;editingteacher\n").mapping), former);
}

}  // namespace
}  // namespace entstream::consumer
