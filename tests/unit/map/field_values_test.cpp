// Values that Moodle takes in a field, and what becomes of others.

#include <string>
#include <utility>
#include <vector>

#include "common/config/config_error.hpp"
#include "tests/unit/map/default_mapping_test.hpp"

namespace entstream::consumer::map {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(DefaultMappingTest, CountriesAreCodesOrNothing) {
    MappingConfig config = default_mapping();
    config.users.fields.at(static_cast<std::size_t>(UserField::country)) = rule("${c}");
    const Mapper mapper(config);
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"fr", "FR"}, {"ALLEMAGNE", ""}, {"XX", ""}, {"\u00e9a", ""}};
    for (const auto& [value, country] : cases) {
        EXPECT_EQ(mapper.user(uuid, version, pupil_.set("c", {value}).image())[UserField::country], country);
    }
}

TEST_F(DefaultMappingTest, AMailThatIsNoAddressIsTakenForAbsent) {
    EXPECT_EQ(mapped(pupil_.set("mail", {"see the secretary"}))[UserField::email], "e24a0001@noreply.invalid");
    EXPECT_EQ(mapped(pupil_.set("mail", {"none", "Maelys@example.fr"}))[UserField::email], "maelys@example.fr");
    EXPECT_EQ(mapped(pupil_.set("mail", {std::string(60, 'x') + "@" + std::string(50, 'y') + ".fr"}))[UserField::email],
              "e24a0001@noreply.invalid")
        << "what does not fit is not cut to another address";
    MappingConfig config = default_mapping();
    config.users.fields.at(static_cast<std::size_t>(UserField::email))->default_value.clear();
    const auto user = Mapper(config).user(uuid, version, pupil_.set("mail", {"see the secretary"}).image());
    EXPECT_EQ(user[UserField::email], std::nullopt);
    EXPECT_EQ(user[UserField::lastname], "TESSIER");
    EXPECT_THAT(user.problem,
                AllOf(StartsWith("email: what the entry gives is no address; "), Not(HasSubstr("secretary"))));
    EXPECT_THAT(Mapper(config).user(uuid, version, pupil_.set("mail", {}).image()).problem,
                StartsWith("email: the entry gives nothing for it; "));
}

TEST_F(DefaultMappingTest, CharactersThatAUsernameLosesAreSaid) {
    const UserDelta user = mapper_.user(uuid, version, pupil_.set("uid", {"\u00c9mile X"}).set("mail", {}).image());
    EXPECT_EQ(user[UserField::username], "milex");
    EXPECT_EQ(user[UserField::email], "emilex@noreply.invalid");
    EXPECT_THAT(user.problem, AllOf(StartsWith("username: characters that Moodle does not allow in it were left out; "),
                                    HasSubstr("transliterate = true"), Not(HasSubstr("mile"))));
    MappingConfig config = default_mapping();
    config.users.fields.at(static_cast<std::size_t>(UserField::username))->transliterate = true;
    const UserDelta transliterated = Mapper(config).user(uuid, version, pupil_.set("uid", {"\u00c9mile"}).image());
    EXPECT_EQ(transliterated[UserField::username], "emile");
    EXPECT_EQ(transliterated.problem, "");
    config.users.fields.at(static_cast<std::size_t>(UserField::username))->transliterate = false;
    config.users.extended_username_chars = true;
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image()).problem, "");
}

TEST_F(DefaultMappingTest, LanguagesAreThoseOfTheSite) {
    MappingConfig config = default_mapping();
    config.users.fields.at(static_cast<std::size_t>(UserField::lang)) = rule("${preferredLanguage}");
    pupil_.set("preferredLanguage", {"BR", "fr-FR", "fr"});
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image())[UserField::lang], "br");
    config.users.languages = {"en", "fr"};
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image())[UserField::lang], "fr");
    pupil_.set("preferredLanguage", {"BR"});
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image())[UserField::lang], "");
    config.users.fields.at(static_cast<std::size_t>(UserField::lang))->default_value = "fr";
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image())[UserField::lang], "fr");
}

TEST_F(DefaultMappingTest, BesideTheLanguageComesWhatElseItsRuleGives) {
    MappingConfig config = default_mapping();
    const auto others = [&] { return Mapper(config).user(uuid, version, pupil_.image()).other_languages; };
    EXPECT_TRUE(others().empty()) << "it is not mapped";
    auto& lang = config.users.fields.at(static_cast<std::size_t>(UserField::lang));
    lang = rule("${preferredLanguage}");
    pupil_.set("preferredLanguage", {"BR", "fr-FR", "fr", "br"});
    EXPECT_EQ(others(), (std::vector<std::string>{"fr_fr", "fr"}));
    lang->default_value = "en";
    EXPECT_EQ(others(), (std::vector<std::string>{"fr_fr", "fr", "en"}));
    config.users.languages = {"en", "fr"};
    EXPECT_EQ(others(), std::vector<std::string>{"en"}) << "only such as the mapping lists";
    pupil_.set("preferredLanguage", {});
    EXPECT_TRUE(others().empty()) << "the default is the value";
}

TEST_F(DefaultMappingTest, ACountryThatIsNoneGivesWayToTheDefault) {
    MappingConfig config = default_mapping();
    auto& country = config.users.fields.at(static_cast<std::size_t>(UserField::country));
    country = rule("${c}");
    country->default_value = "fr";
    pupil_.set("c", {"XX"});
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image())[UserField::country], "FR");
    pupil_.set("c", {"XX", "be"});
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image())[UserField::country], "BE");
}

TEST_F(DefaultMappingTest, WhatMoodleDoesNotTakeForASettingLeavesItsOwn) {
    MappingConfig config = default_mapping();
    const auto map_to = [&](UserField field, const std::string& value) {
        config.users.fields.at(static_cast<std::size_t>(field)) = rule(value);
    };
    map_to(UserField::middlename, "${missing}");
    map_to(UserField::maildisplay, "2");
    map_to(UserField::timezone, "America/Martinique");
    map_to(UserField::calendartype, "gregorian");
    map_to(UserField::theme, "boost");
    UserDelta user = Mapper(config).user(uuid, version, pupil_.image());
    EXPECT_EQ(user[UserField::middlename], "");
    EXPECT_EQ(user[UserField::maildisplay], "2");
    EXPECT_EQ(user[UserField::timezone], "America/Martinique");
    EXPECT_EQ(user[UserField::calendartype], "gregorian");
    EXPECT_EQ(user[UserField::theme], "boost");
    EXPECT_EQ(user[UserField::alternatename], std::nullopt);
    map_to(UserField::maildisplay, "3");
    map_to(UserField::timezone, "Martinique");
    map_to(UserField::calendartype, "No Calendar");
    map_to(UserField::theme, "../boost");
    user = Mapper(config).user(uuid, version, pupil_.image());
    EXPECT_EQ(user[UserField::maildisplay], std::nullopt);
    EXPECT_EQ(user[UserField::timezone], std::nullopt);
    EXPECT_EQ(user[UserField::calendartype], std::nullopt);
    EXPECT_EQ(user[UserField::theme], "");
    EXPECT_EQ(user.problem, "");
}

TEST_F(DefaultMappingTest, ProfileFieldsGoByTheirShortNames) {
    EXPECT_TRUE(mapped(pupil_).profile.empty());
    MappingConfig config = default_mapping();
    config.users.profile["pupil"].first_of = {rule("1"), rule("0")};
    config.users.profile["pupil"].first_of[0].when = "(objectClass=ENTEleve)";
    config.users.profile["born"] = rule("${ENTPersonDateNaissance}");
    config.users.profile["born"].date = DateForm::unix_time;
    config.users.profile["regime"] = rule("${ENTEleveRegime}");
    const Mapper mapper(config);
    pupil_.set("ENTPersonDateNaissance", {"31/02/2013", "14/07/2013"});
    const UserDelta user = mapper.user(uuid, version, pupil_.image());
    EXPECT_EQ(user.problem, "");
    EXPECT_EQ(user.profile, (std::vector<std::pair<std::string, std::string>>{
                                {"born", "1373760000"}, {"pupil", "1"}, {"regime", ""}}));
    EXPECT_THAT(mapper.required_attributes().users, testing::Contains("ENTEleveRegime"));
    EXPECT_NE(mapper.fingerprint(), mapper_.fingerprint());
    config.users.profile["regime"].value.clear();
    EXPECT_THROW(Mapper{config}, config::ConfigError);
}

TEST_F(DefaultMappingTest, ARulesOwnLengthIsALimitToo) {
    MappingConfig config = default_mapping();
    auto& firstname = config.users.fields.at(static_cast<std::size_t>(UserField::firstname));
    firstname->length = 3;
    EXPECT_EQ(Mapper(config).user(uuid, version, pupil_.image())[UserField::firstname], "Ma\u00eb");
}

}  // namespace
}  // namespace entstream::consumer::map
