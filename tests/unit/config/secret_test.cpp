#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "consumer/consumer_config.hpp"
#include "tests/unit/config/config_files.hpp"

// Secrets, seen through the consumer's database.password.
namespace entstream::config {
namespace {

class SecretTest : public testing::Test {
  protected:
    consumer::ConsumerConfig load(const std::string& database) {
        return consumer::load_config(file_ = files_.write("consumer.toml", rest_ + database), files_.environment());
    }

    std::string problems(const std::string& database) {
        return problems_of([&] { load(database); }, files_.folder());
    }

    ConfigFiles files_;
    std::filesystem::path file_;
    std::string rest_ =
        "target = \"t\"\nsources = [\"s\"]\nkafka.bootstrap_servers = \"k:1\"\n"
        "[database]\nname = \"moodle\"\nuser = \"u\"\n";
};

TEST_F(SecretTest, ComesFromAFileAVariableOrTheFileItself) {
    files_.write("pw", "from a file\n");
    files_.set("MY_PASSWORD", "from a variable");
    EXPECT_EQ(load("password_file = \"pw\"").database.password, "from a file");
    EXPECT_EQ(load("password_file = \"" + (files_.folder() / "pw").string() + "\"").database.password, "from a file");
    EXPECT_EQ(load("password_env = \"MY_PASSWORD\"").database.password, "from a variable");
    EXPECT_EQ(load("password = \"plain\"").database.password, "plain");
    EXPECT_EQ(load("").database.password, "");
}

TEST_F(SecretTest, OverridesComeInTheSameForms) {
    files_.write("pw", "from a file\n");
    files_.set("ENTSTREAM_DATABASE_PASSWORD_FILE", "pw");
    EXPECT_EQ(load("password = \"plain\"").database.password, "from a file");
    files_.set("ENTSTREAM_DATABASE_PASSWORD", "direct");
    EXPECT_EQ(load("password = \"plain\"").database.password, "direct");
}

TEST_F(SecretTest, WarnsOnlyWhenEverybodyMayReadAPlainSecret) {
    EXPECT_TRUE(load("password = \"plain\"").warnings.empty());
    std::filesystem::permissions(file_, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
    const auto config = consumer::load_config(file_, files_.environment());
    ASSERT_EQ(config.warnings.size(), 1U);
    EXPECT_NE(config.warnings[0].find("consumer.toml:7: database.password: a secret stands in a file that every user"),
              std::string::npos)
        << config.warnings[0];
    EXPECT_EQ(config.warnings[0].find("plain"), std::string::npos);
}

TEST_F(SecretTest, WhatIsMissingIsNamed) {
    files_.write("empty", "\n");
    EXPECT_EQ(
        problems("password_file = \"none\""),
        R"(consumer.toml:7: database.password_file: cannot read a secret from 'none': No such file or directory; create the file with the secret as its only line, readable by this program's user alone)");
    EXPECT_EQ(problems("password_file = \"empty\""),
              R"(consumer.toml:7: database.password_file: the file 'empty' holds no secret; write the secret into it)");
    EXPECT_EQ(
        problems("password_env = \"UNSET\""),
        R"(consumer.toml:7: database.password_env: the environment variable UNSET is not set; set it, or use the key that names a file)");
    EXPECT_EQ(problems("password_file = 3"),
              R"(consumer.toml:7: database.password_file: must be text: the path of a file; write it in quotes)");
}

TEST_F(SecretTest, TwoFormsAtOnceAreRefusedAndNothingIsPrinted) {
    EXPECT_EQ(problems("password = \"hunter2\"\npassword_env = \"X\""),
              "consumer.toml:8: database.password_env: the same secret is given as database.password too; keep one of "
              "them");
    EXPECT_EQ(problems("password = 123456"),
              "consumer.toml:7: database.password: must be text, is a whole number; write it in quotes");
}

}  // namespace
}  // namespace entstream::config
