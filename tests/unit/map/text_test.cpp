#include "consumer/map/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace entstream::consumer::map {
namespace {

using namespace std::string_literals;

TEST(Text, WellFormedIsWhatPostgresqlTakes) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"plain", "plain"},
        {"a\0b"s, "ab"},
        {"\u00e9l\u00e8ve", "\u00e9l\u00e8ve"},
        {"e\u0301le\u0300ve", "\u00e9l\u00e8ve"},  // decomposed
        {"LEF\xC8VRE", "LEFVRE"},                  // Latin-1
        {"cut\xC3", "cut"},
        {"\xED\xA0\x80surrogate", "surrogate"},
        {"\u00e9\0x"s, "\u00e9x"},
    };
    for (const auto& [octets, text] : cases) {
        EXPECT_EQ(well_formed(octets), text);
    }
}

TEST(Text, CleanTakesTagsAndSurroundingSpaceAway) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"  Jean  Paul \n", "Jean  Paul"},
        {"\u00a0COLIN\u3000", "COLIN"},
        {"<b>Jean</b>", "Jean"},
        {"Jean<script>alert(1)</script>", "Jeanalert(1)"},
        {"Jean<img src=x onerror=alert(1)", "Jean"},
        {"<!-- a -->Jean<?php ?>", "Jean"},
        {"4EME < 3EME", "4EME < 3EME"},
        {"note <3 > 2", "note <3 > 2"},
        {"   ", ""},
        {"", ""},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_EQ(clean(text), expected);
    }
}

TEST(Text, CaseKnowsAccents) {
    EXPECT_EQ(with_case("\u00c9L\u00c8VE \u0152UVRE", LetterCase::lower), "\u00e9l\u00e8ve \u0153uvre");
    EXPECT_EQ(with_case("\u00e9l\u00e8ve \u0153uvre \u00e7a", LetterCase::upper), "\u00c9L\u00c8VE \u0152UVRE \u00c7A");
    EXPECT_EQ(with_case("E24a-0001", LetterCase::lower), "e24a-0001");
    EXPECT_EQ(with_case("e24a-0001", LetterCase::upper), "E24A-0001");
    EXPECT_EQ(with_case("\u00c9a", LetterCase::keep), "\u00c9a");
}

TEST(Text, TransliterationLeavesLatinLettersWithoutAccents) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"plain", "plain"},
        {"\u00e9mile", "emile"},
        {"\u00c9LO\u00cfSE", "ELOISE"},
        {"C\u0153ur gro\u00df S\u00f8ren \u0141ukasz", "Coeur gross Soren Lukasz"},
        {"e\u0301", "e"},
        {"\u0414\u043c\u0438\u0442\u0440\u0438\u0439", "Dmitrij"},
        {"\u0393\u03b9\u03ce\u03c1\u03b3\u03bf\u03c2", "Giorgos"},
        {"d\u2019Est", "d'Est"},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_EQ(transliterated(text), expected);
    }
}

TEST(Text, UsernamesAreCleanedAsMoodleDoes) {
    struct Case {
        const char* text;
        const char* plain;
        const char* extended;
    };
    const std::vector<Case> cases = {
        {"E24a0001", "e24a0001", "e24a0001"},
        {" jean.dupont@ac-rennes.fr ", "jean.dupont@ac-rennes.fr", "jean.dupont@ac-rennes.fr"},
        {"Jean Dupont", "jeandupont", "jean dupont"},
        {"\u00c9lo\u00efse_D", "lose_d", "\u00e9lo\u00efse_d"},
        {"o'neil+x", "oneilx", "o'neil+x"},
        {"\u00c9", "", "\u00e9"},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(clean_username(one.text, false), one.plain);
        EXPECT_EQ(clean_username(one.text, true), one.extended);
    }
}

TEST(Text, CutCountsCharactersAndNeverSplitsOne) {
    EXPECT_EQ(cut("\u00e9\u00e9\u00e9", 3), "\u00e9\u00e9\u00e9");
    EXPECT_EQ(cut("\u00e9\u00e9\u00e9", 2), "\u00e9\u00e9");
    EXPECT_EQ(cut("\U0001F600x", 1), "\U0001F600");
    EXPECT_EQ(cut("abc def", 4), "abc");
    EXPECT_EQ(cut("abc", 100), "abc");
}

TEST(Text, LongIdentifiersStayDistinct) {
    const std::string start(120, 'x');
    const std::string one = cut_identifier(start + "1", 100);
    const std::string other = cut_identifier(start + "2", 100);
    EXPECT_EQ(one.size(), 100U);
    EXPECT_NE(one, other);
    EXPECT_EQ(one, cut_identifier(start + "1", 100));
    EXPECT_EQ(one.substr(0, 84), start.substr(0, 83) + "~");
    EXPECT_EQ(cut_identifier("short", 100), "short");
    for (const std::size_t length : {1U, 10U, 16U, 17U, 18U}) {
        EXPECT_EQ(cut_identifier(start + "1", length).size(), length);
    }
    EXPECT_NE(cut_identifier(start + "1", 10), cut_identifier(start + "2", 10));
    EXPECT_EQ(cut_identifier(std::string(99, 'x') + "\u00e9", 100), std::string(99, 'x') + "\u00e9");
}

}  // namespace
}  // namespace entstream::consumer::map
