#include "consumer/merge/sql_templates.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "consumer/merge/embedded_sql.hpp"

namespace entstream::consumer::merge {
namespace {

TEST(SqlTemplates, TablesAndSequencesAreQuoted) {
    const SqlTemplates sql("My \"schema\"", "mdl-'");
    EXPECT_EQ(sql.table("user"), "\"My \"\"schema\"\"\".\"mdl-'user\"");
}

TEST(SqlTemplates, PlaceholdersAreFilledAndTheRestIsLeftAlone) {
    SqlTemplates sql("public", "mdl_");
    sql.set("target", "'moodle'");
    sql.set("source", "'rennes'");
    const std::string text = sql("position/check_restored");
    EXPECT_NE(text.find("\"public\".\"mdl_config_plugins\""), std::string::npos);
    EXPECT_EQ(text.find("{target}"), std::string::npos);

    sql.set("sync_task", "'task'");
    sql.set("mnet_host", "1");
    EXPECT_NE(sql("plan/role_places").find("'^[0-9]{1,18}$'"), std::string::npos);
}

TEST(SqlTemplates, ValuesAreNotTakenForTemplates) {
    SqlTemplates sql("public", "mdl_");
    sql.set("target", "'{source}'");
    sql.set("source", "'x'");
    EXPECT_NE(sql("position/read_position").find("target = '{source}'"), std::string::npos);
}

TEST(SqlTemplates, WhatIsMissingIsAnError) {
    const SqlTemplates sql("public", "mdl_");
    EXPECT_THROW((void)sql("no_such_file"), std::logic_error);
    EXPECT_THROW((void)sql("position/read_position"), std::logic_error);
    EXPECT_THROW((void)sql.value("source"), std::logic_error);
}

TEST(SqlTemplates, EveryFileSaysWhatItDoes) {
    ASSERT_FALSE(merge_sql().empty());
    for (const EmbeddedText& file : merge_sql()) {
        EXPECT_TRUE(file.text.starts_with("-- ")) << file.name;
    }
    ASSERT_FALSE(entstream_migrations().empty());
    EXPECT_EQ(entstream_migrations().front().name, "0001_tables");
}

}  // namespace
}  // namespace entstream::consumer::merge
