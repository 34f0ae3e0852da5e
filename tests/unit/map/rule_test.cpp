#include "consumer/map/rule.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/map/entries.hpp"

namespace entstream::consumer::map {
namespace {

const TestEntry entry = {
    {"uid", {"E24a0001"}},
    {"givenName", {"Ma\u00eblys", "Second"}},
    {"sn", {"TESSIER"}},
    {"ENTPersonJointure", {"AC-EXEMPLE$240001"}},
    {"ENTPersonProfils", {"National_1", "National_ELV"}},
    {"cn", {"moodle:ENS:COURS:0359001U-ANG"}},
    {"l", {"  "}},
    {"ou;lang-fr", {"\u00e9cole"}},
    {"birth", {"31/02/2026", "01/09/2026"}},
};

std::string applied(const FieldRule& rule) {
    std::vector<config::Problem> problems;
    const Rule compiled = Rule::compile(rule, "rule", problems);
    EXPECT_TRUE(problems.empty()) << problems.front().to_text();
    return compiled.apply(entry.image());
}

FieldRule rule(const std::string& value, const std::string& regex = {}) {
    FieldRule made;
    made.value = value;
    made.regex = regex;
    return made;
}

TEST(Rule, TemplatesReadAttributes) {
    EXPECT_EQ(applied(rule("${uid}")), "E24a0001");
    EXPECT_EQ(applied(rule("${UID}")), "E24a0001");
    EXPECT_EQ(applied(rule("${givenName} ${sn}")), "Ma\u00eblys TESSIER");
    EXPECT_EQ(applied(rule("${givenName[*]}")), "Ma\u00eblys, Second");
    EXPECT_EQ(applied(rule("${ou;lang-fr}")), "\u00e9cole");
    EXPECT_EQ(applied(rule("constant")), "constant");
    EXPECT_EQ(applied(rule("2026$${x} $")), "2026${x} $");
}

TEST(Rule, ATemplateWithoutItsAttributesGivesNothing) {
    EXPECT_EQ(applied(rule("${missing}@noreply.invalid")), "");
    EXPECT_EQ(applied(rule("${missing} ${sn}")), "TESSIER");
    EXPECT_EQ(applied(rule("${missing[*]}!")), "");
}

TEST(Rule, TheFirstElementThatMatchesAndGivesSomethingCounts) {
    FieldRule several;
    several.first_of = {rule("teacher ${uid}"), rule("${cn}", "^nothing(.*)"), rule("pupil ${sn}"), rule("${uid}")};
    several.first_of[0].when = "(ENTPersonProfils=National_ENS)";
    several.first_of[2].when = "(entpersonprofils=national_elv)";
    EXPECT_EQ(applied(several), "pupil TESSIER");
    several.first_of[2].when = "(ENTPersonProfils=National_TUT)";
    EXPECT_EQ(applied(several), "E24a0001");
    several.first_of.pop_back();
    EXPECT_EQ(applied(several), "");
    several.default_value = "${givenName}";
    several.letter_case = LetterCase::upper;
    EXPECT_EQ(applied(several), "MA\u00cbLYS");
}

TEST(Rule, AnElementNeedsAllItsAttributes) {
    FieldRule several;
    several.first_of = {rule("${missing}.${sn}"), rule("${l}.${sn}"), rule("${givenName}.${sn}")};
    EXPECT_EQ(applied(several), "Ma\u00eblys.TESSIER") << "absent or blank attributes end an element";
    EXPECT_EQ(applied(rule("${missing}.${sn}")), ".TESSIER") << "of a plain value they are left out";
}

TEST(Rule, RegexAndTableOfTheRuleAreForEachElement) {
    FieldRule several;
    several.first_of = {rule("${uid}"), rule("${ENTPersonProfils}", "_([A-Z]+)$")};
    several.first_of[1].table = {{"ELV", "Pupil"}};
    several.regex = "(?i)^(pupil)$";
    several.table = {{"Pupil", "student"}};
    EXPECT_EQ(applied(several), "student");
    std::vector<config::Problem> problems;
    EXPECT_EQ(Rule::compile(several, "rule", problems).attributes(),
              (std::vector<std::string>{"uid", "ENTPersonProfils"}));
}

TEST(Rule, DatesComeBeforeTheTableAndWhatIsNoneGivesNothing) {
    FieldRule date = rule("${birth}");
    date.date = DateForm::unix_time;
    date.time_zone = "Europe/Paris";
    EXPECT_EQ(applied(date), "1788213600") << "the first value that is a date";
    date.date = DateForm::iso;
    date.table = {{"2026-09-01", "now"}};
    EXPECT_EQ(applied(date), "now");
    date.value = "${sn}";
    EXPECT_EQ(applied(date), "");
}

TEST(Rule, TransliterationComesBeforeTheCase) {
    FieldRule name = rule("${ou;lang-fr}");
    name.transliterate = true;
    EXPECT_EQ(applied(name), "ecole");
    name.letter_case = LetterCase::upper;
    EXPECT_EQ(applied(name), "ECOLE");
}

TEST(Rule, TheFieldsFormDecidesWhatCounts) {
    std::vector<config::Problem> problems;
    FieldRule profile = rule("${ENTPersonProfils}");
    profile.default_value = "${uid}";
    const auto formed = [&](const FieldForm& form) {
        return Rule::compile(profile, "rule", problems).apply(entry.image(), form);
    };
    EXPECT_EQ(formed([](const std::string& text, Origin) { return text == "National_ELV" ? "second" : ""; }), "second");
    EXPECT_EQ(formed([](const std::string& text, Origin origin) {
                  return origin == Origin::fallback ? text : std::string();
              }),
              "E24a0001");
}

TEST(Rule, RegexKeepsItsFirstCapture) {
    EXPECT_EQ(applied(rule("${ENTPersonJointure}", R"(^[^$]*\$([^$]+))")), "240001");
    EXPECT_EQ(applied(rule("${uid}", "^(nothing)")), "");
    FieldRule rewritten = rule("${cn}", "^moodle:([^:]+):([^:]+):");
    rewritten.rewrite = R"(\2 by \1)";
    EXPECT_EQ(applied(rewritten), "COURS by ENS");
}

TEST(Rule, TheFirstKnownValueCounts) {
    FieldRule profile = rule("${ENTPersonProfils}", "^National_([A-Z]+)$");
    EXPECT_EQ(applied(profile), "ELV");
    profile.regex.clear();
    profile.table = {{"National_ELV", "pupil"}};
    EXPECT_EQ(applied(profile), "pupil");
}

TEST(Rule, TableDefaultAndCaseFollowInThisOrder) {
    FieldRule role = rule("${cn}", "^moodle:([^:]+):");
    role.table = {{"ENS", "EditingTeacher"}, {"TUT", "teacher"}};
    EXPECT_EQ(applied(role), "EditingTeacher");
    role.letter_case = LetterCase::lower;
    EXPECT_EQ(applied(role), "editingteacher");
    role.table = {{"TUT", "teacher"}};
    EXPECT_EQ(applied(role), "");
    role.default_value = "${uid}-X";
    EXPECT_EQ(applied(role), "e24a0001-x");
}

TEST(Rule, BlankCountsAsNothing) {
    FieldRule town = rule("${l}");
    town.default_value = "somewhere";
    EXPECT_EQ(applied(town), "somewhere");
}

TEST(Rule, EverythingWrongIsReported) {
    FieldRule broken = rule("${uid", "(");
    broken.default_value = "${}";
    std::vector<config::Problem> problems;
    Rule::compile(broken, "users.fields.email", problems);
    ASSERT_EQ(problems.size(), 3U);
    EXPECT_EQ(problems[0].key, "users.fields.email.value");
    EXPECT_NE(problems[0].what.find("${ without a }"), std::string::npos);
    EXPECT_EQ(problems[1].key, "users.fields.email.default");
    EXPECT_EQ(problems[2].key, "users.fields.email.regex");

    problems.clear();
    Rule::compile(rule("${uid}", "no capture"), "r", problems);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].what, "captures nothing");

    problems.clear();
    FieldRule too_many = rule("${uid}", "(one)");
    too_many.rewrite = R"(\2)";
    Rule::compile(too_many, "r", problems);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].key, "r.rewrite");
}

}  // namespace
}  // namespace entstream::consumer::map
