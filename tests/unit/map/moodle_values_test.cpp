#include "consumer/map/moodle_values.hpp"

#include <gtest/gtest.h>

#include <string>

namespace entstream::consumer::map {
namespace {

TEST(MoodleValues, MailAddressesAreThoseOfPhp) {
    for (const std::string& text :
         {std::string("jean.dupont@ac-rennes.fr"), std::string("o'neil+x@a.b.fr"), std::string("A@B.CO"),
          std::string("x@xn--cole-9oa.fr"), std::string("\"jean dupont\"@ent.fr"), std::string("a@1.fr"),
          std::string(64, 'a') + "@b.fr", "a@" + std::string(63, 'b') + ".fr"}) {
        EXPECT_TRUE(is_mail_address(text)) << text;
    }
    for (const std::string& text : {std::string(),
                                    std::string("jean.dupont"),
                                    std::string("jean@localhost"),
                                    std::string("@ent.fr"),
                                    std::string("jean dupont@ent.fr"),
                                    std::string("a..b@ent.fr"),
                                    std::string(".a@ent.fr"),
                                    std::string("a.@ent.fr"),
                                    std::string("a@-ent.fr"),
                                    std::string("a@ent-.fr"),
                                    std::string("a@ent..fr"),
                                    std::string("a@ent.fr."),
                                    std::string("a@ent.1"),
                                    std::string("a@b@c.fr"),
                                    std::string("a@ent_x.fr"),
                                    std::string("a@ent.fr,b@ent.fr"),
                                    std::string("\u00e9milie@ent.fr"),
                                    std::string("a@\u00e9cole.fr"),
                                    std::string("<a@ent.fr>"),
                                    std::string(65, 'a') + "@b.fr",
                                    "a@" + std::string(64, 'b') + ".fr"}) {
        EXPECT_FALSE(is_mail_address(text)) << text;
    }
}

TEST(MoodleValues, AMadeUpAddressLosesWhatIsNotAllowed) {
    EXPECT_EQ(made_up_address("\u00c9mile D'Est@noreply.invalid"), "emiledest@noreply.invalid");
    EXPECT_EQ(made_up_address("@noreply.invalid"), "");
}

TEST(MoodleValues, CountriesAreThoseOfIso3166) {
    EXPECT_EQ(country_code("fr"), "FR");
    EXPECT_EQ(country_code("Gp"), "GP");
    for (const char* text : {"", "F", "XX", "EU", "FRA", "D ", "FR GA", "France", "\u00e9"}) {
        EXPECT_EQ(country_code(text), "") << text;
    }
}

TEST(MoodleValues, TimeZonesAreThoseOfPlaces) {
    for (const char* text : {"99", "UTC", "Europe/Paris", "America/Argentina/Ushuaia"}) {
        EXPECT_TRUE(is_time_zone(text)) << text;
    }
    for (const char* text : {"", "98", "1", "CET", "GMT+1", "Europe/Parigi", "Europe"}) {
        EXPECT_FALSE(is_time_zone(text)) << text;
    }
}

TEST(MoodleValues, LanguagesHaveMoodlesForm) {
    EXPECT_EQ(language_code("FR", {}), "fr");
    EXPECT_EQ(language_code("fr-CA", {}), "fr_ca");
    EXPECT_EQ(language_code("en_us_k12", {}), "en_us_k12");
    for (const char* text : {"", "f", "french", "fr;q=0.8", "fr_", "../x"}) {
        EXPECT_EQ(language_code(text, {}), "") << text;
    }
    EXPECT_EQ(language_code("fr", {"en", "fr"}), "fr");
    EXPECT_EQ(language_code("br", {"en", "fr"}), "");
}

}  // namespace
}  // namespace entstream::consumer::map
