#include "consumer/map/dates.hpp"

#include <gtest/gtest.h>

#include <string>

namespace entstream::consumer::map {
namespace {

std::string converted(const std::string& text, DateForm form, const std::string& zone = "UTC") {
    return Dates::make(form, zone).value().convert(text);
}

TEST(Dates, EveryWayOfWritingADayIsKnown) {
    for (const char* text :
         {"01/09/2026", "1/9/2026", "2026-09-01", "20260901", "2026090108Z", "202609010800Z", "20260901080000Z",
          "20260901080000.5Z", "20260901080000,25+0200", "20260901100000+02", "20260901235960-0500"}) {
        EXPECT_EQ(converted(text, DateForm::iso),
                  text == std::string("20260901235960-0500") ? "2026-09-02" : "2026-09-01")
            << text;
    }
    EXPECT_EQ(converted("20260901080000Z", DateForm::day_month_year), "01/09/2026");
}

TEST(Dates, WhatTheCalendarDoesNotHaveIsNoDate) {
    for (const char* text :
         {"", "0", "31/04/2026", "29/02/2026", "29/02/1900", "00/01/2026", "01/13/2026", "2026-13-01", "20260230",
          "01/09/26", "01.09.2026", "32/01/2026", "20260901240000Z", "20260901086100Z", "20260901080000+2400",
          "20260901080000Y", "1 September 2026", "01/09/2026 08:00", "2026-09-01T08:00:00Z"}) {
        EXPECT_EQ(converted(text, DateForm::unix_time), "") << text;
    }
    EXPECT_EQ(converted("29/02/2024", DateForm::iso), "2024-02-29");
    EXPECT_EQ(converted("29/02/2000", DateForm::iso), "2000-02-29");
}

TEST(Dates, AMomentIsThatMomentEverywhere) {
    for (const char* zone : {"UTC", "Europe/Paris", "America/Martinique"}) {
        EXPECT_EQ(converted("20260901080000Z", DateForm::unix_time, zone), "1788249600");
        EXPECT_EQ(converted("20260901100000+0200", DateForm::unix_time, zone), "1788249600");
        EXPECT_EQ(converted("2026090107.5-0030", DateForm::unix_time, zone), "1788249600");
    }
}

TEST(Dates, ADayBeginsAtMidnightInItsTimeZone) {
    EXPECT_EQ(converted("01/09/2026", DateForm::unix_time), "1788220800");
    EXPECT_EQ(converted("01/09/2026", DateForm::unix_time, "Europe/Paris"), "1788213600");
    EXPECT_EQ(converted("01/01/2026", DateForm::unix_time, "Europe/Paris"), "1767222000");
    EXPECT_EQ(converted("01/09/2026", DateForm::unix_time, "America/Martinique"), "1788235200");
    EXPECT_EQ(converted("20260901000000", DateForm::unix_time, "Europe/Paris"), "1788213600");
    EXPECT_EQ(converted("31/12/1969", DateForm::unix_time), "-86400");
}

TEST(Dates, TheDayOfAMomentIsThatOfItsTimeZone) {
    EXPECT_EQ(converted("20260831230000Z", DateForm::iso), "2026-08-31");
    EXPECT_EQ(converted("20260831230000Z", DateForm::iso, "Europe/Paris"), "2026-09-01");
    EXPECT_EQ(converted("20260901020000Z", DateForm::iso, "America/Martinique"), "2026-08-31");
    EXPECT_EQ(converted("01/09/2026", DateForm::iso, "America/Martinique"), "2026-09-01");
}

TEST(Dates, ATimeZoneThatNobodyKnowsIsRefused) {
    const auto refused = Dates::make(DateForm::iso, "Europe/Parigi");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().what, "'Europe/Parigi' is not a time zone");
}

}  // namespace
}  // namespace entstream::consumer::map
