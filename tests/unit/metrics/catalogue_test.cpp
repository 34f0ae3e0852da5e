#include "common/metrics/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "common/metrics/documentation.hpp"

namespace entstream::metrics {
namespace {

TEST(Catalogue, TheDocumentationIsUpToDate) {
    std::ostringstream committed;
    committed << std::ifstream(std::string(ENTSTREAM_SOURCE_DIR) + "/docs/metrics.md").rdbuf();
    EXPECT_EQ(committed.str(), documentation())
        << "write it again: ENTSTREAM_WRITE_DOCS=1 build/release/bin/metrics_unit_tests --gtest_filter=Catalogue.*";
    if (std::getenv("ENTSTREAM_WRITE_DOCS") != nullptr) {
        std::ofstream(std::string(ENTSTREAM_SOURCE_DIR) + "/docs/metrics.md") << documentation();
    }
}

TEST(Catalogue, NamesSayTypeAndUnit) {
    std::set<std::string_view> names;
    for (const Description& metric : catalogue) {
        const std::string name(metric.name);
        EXPECT_TRUE(names.insert(metric.name).second) << name << " stands in it twice";
        EXPECT_THAT(name, testing::MatchesRegex("(entstream|process)_[a-z_]+"));
        EXPECT_EQ(name.ends_with("_total"), metric.type == Type::counter) << name;
        if (!metric.unit.empty()) {
            const std::string unit = '_' + std::string(metric.unit);
            EXPECT_TRUE(name.ends_with(unit) || name.ends_with(unit + "_total")) << name;
        }
        EXPECT_EQ(metric.buckets == Buckets::none, metric.type != Type::histogram) << name;
        EXPECT_TRUE(metric.help.ends_with('.')) << name;
        for (const LabelDescription* each : metric.labels) {
            if (each != nullptr) {
                EXPECT_FALSE(each->meaning.empty()) << name << " " << each->name;
                EXPECT_THAT(std::string(each->name), testing::MatchesRegex("[a-z]+")) << name;
            }
        }
    }
}

}  // namespace
}  // namespace entstream::metrics
