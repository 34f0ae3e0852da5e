// A mapping as a whole: everything wrong in it is said at once, and its fingerprint tells it from any other.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/config/config_error.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/map/mapping_schema.hpp"
#include "tests/unit/map/entries.hpp"

namespace entstream::consumer::map {
namespace {

TEST(Mapper, EverythingWrongIsSaidAtOnce) {
    MappingConfig config = default_mapping();
    config.users.select = "(uid=x";
    config.users.types[1].filter = "(memberOf:1.2.3:=x)";
    config.users.fields.at(0)->value = "${";
    config.users.fields.at(static_cast<std::size_t>(UserField::email)).reset();
    config.cohorts.select = {};
    config.cohorts.name.value = {};
    config.cohorts.name.default_value = {};
    config.roles.level.default_value = "course";
    config.roles.level.table = {{"X", "galaxy"}};
    try {
        const Mapper mapper(config);
        FAIL() << "a broken mapping was taken";
    } catch (const config::ConfigError& error) {
        std::vector<std::string> keys;
        for (const config::Problem& problem : error.problems()) {
            keys.push_back(problem.key);
        }
        EXPECT_EQ(keys, (std::vector<std::string>{"users.select", "cohorts.select", "cohorts.fields.name",
                                                  "users.fields.username.value", "users.type[1].fields.email",
                                                  "users.type[2].filter", "users.type[2].fields.email",
                                                  "users.type[3].fields.email", "users.type[4].fields.email",
                                                  "roles.fields.level.default", "roles.fields.level.table.X"}));
    }
}

TEST(Mapper, FingerprintChangesWithTheMappingOnly) {
    const auto rule_of = [](const char* value) {
        FieldRule made;
        made.value = value;
        return made;
    };
    const MappingConfig config = default_mapping();
    const std::string same = Mapper(config).fingerprint();
    EXPECT_EQ(same, "bc925fb2e2fd5c9da357c8b9230f9e01") << "another one means a rebuild of every target";
    EXPECT_EQ(Mapper(default_mapping()).fingerprint(), same);
    MappingConfig enrolling = config;
    enrolling.roles.enrol = "manual";
    EXPECT_EQ(fingerprint(enrolling), same) << "sweeps enrol who has his role already";
    std::vector<MappingConfig> others(17, config);
    others[0].users.select = "(uid=*)";
    others[1].users.types[0].filter = "(uid=*)";
    others[2].users.fields.at(1)->regex = "(.)";
    others[3].users.extended_username_chars = true;
    others[4].cohorts.description.value = "x";
    others[5].roles.role.table["NEW"] = "student";
    others[6].roles.keys[ContextLevel::course] = "shortname";
    others[7].users.languages = {"fr"};
    others[8].users.fields.at(1)->transliterate = true;
    others[9].users.fields.at(1)->date = DateForm::iso;
    others[10].users.fields.at(1)->time_zone = "Europe/Paris";
    others[11].users.fields.at(1)->first_of = {FieldRule{}};
    others[12].users.fields.at(1)->first_of = {FieldRule{}, FieldRule{}};
    others[13].users.fields.at(1)->first_of = {FieldRule{}};
    others[13].users.fields.at(1)->first_of[0].when = "(uid=*)";
    others[14].users.fields.at(2)->transliterate = true;
    others[15].users.fields.at(static_cast<std::size_t>(UserField::theme)) = rule_of("boost");
    others[16].users.types[0].fields.at(static_cast<std::size_t>(UserField::theme)) = rule_of("boost");
    std::vector<std::string> fingerprints = {same};
    for (const MappingConfig& other : others) {
        fingerprints.push_back(fingerprint(other));
    }
    std::sort(fingerprints.begin(), fingerprints.end());
    EXPECT_EQ(std::unique(fingerprints.begin(), fingerprints.end()), fingerprints.end());
}

}  // namespace
}  // namespace entstream::consumer::map
