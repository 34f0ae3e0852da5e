#include "bench/entgen/moodle_sql.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <stdexcept>
#include <string>

#include "tests/unit/entgen/ldif_reader.hpp"

namespace entstream::entgen {
namespace {

std::string sql(const std::string& prefix) {
    std::ostringstream out;
    write_moodle_sql(Region({}), prefix, out);
    return out.str();
}

std::string quoted(std::string text) {
    for (std::size_t at = text.find('\''); at != std::string::npos; at = text.find('\'', at + 2)) {
        text.insert(at, 1, '\'');
    }
    return "'" + text + "'";
}

TEST(MoodleSql, HasTheCourseOrCategoryOfEveryRoleObjectButOne) {
    const std::string statements = sql("mdl_");
    const Written written = write_region({});
    std::int64_t resolved = 0;
    std::int64_t unresolved = 0;
    for (const Entry& entry : written.entries) {
        const std::string cn = entry.first("cn");
        if (!cn.starts_with("moodle:") || cn == "moodle:ADM:SYS:0") {
            continue;
        }
        const std::string identifier = cn.substr(cn.find(':', cn.find(':', 7) + 1) + 1);
        const bool found = statements.find(quoted(identifier)) != std::string::npos;
        (found ? resolved : unresolved) += 1;
    }
    EXPECT_GT(resolved, 500);
    EXPECT_EQ(unresolved, 1);
    EXPECT_EQ(unresolved, written.summary.unresolved_roles);
}

TEST(MoodleSql, UsesThePrefix) {
    const std::string statements = sql("m5_");
    EXPECT_NE(statements.find("INSERT INTO m5_course\n"), std::string::npos);
    EXPECT_NE(statements.find("INSERT INTO m5_context "), std::string::npos);
    EXPECT_EQ(statements.find("mdl_"), std::string::npos);
    EXPECT_EQ(statements.find('{'), std::string::npos);
}

TEST(MoodleSql, RefusesAPrefixThatIsNotOne) {
    for (const char* prefix : {"", "mdl-", "MDL_", "x; DROP TABLE y"}) {
        std::ostringstream out;
        EXPECT_THROW(write_moodle_sql(Region({}), prefix, out), std::invalid_argument) << prefix;
        EXPECT_TRUE(out.str().empty());
    }
}

}  // namespace
}  // namespace entstream::entgen
