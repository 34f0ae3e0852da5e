// Custom profile fields ([users.profile]), in the database.

#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

using consumer::UserField;

class Profile : public MergeTest {
  protected:
    void SetUp() override {
        MergeTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        consumer::ConsumerConfig config = moodle_->config();
        config.mapping.users.profile["regime"].value = "${ENTEleveRegime}";
        target_.emplace(config);
        target_->open();
        target_->claim("rennes");
    }

    void field(const std::string& shortname, const std::string& datatype, const std::string& param1 = "",
               const std::string& param2 = "") {
        sql("INSERT INTO mdl_user_info_field (shortname, name, datatype, param1, param2) VALUES ('" + shortname +
            "', '" + shortname + "', '" + datatype + "', E'" + param1 + "', '" + param2 + "')");
    }
    void pupil(int number, const std::vector<std::pair<std::string, std::string>>& profile, const Fields& fields = {}) {
        user(number, fields).profile = profile;
    }

    std::string data() {
        return sql(
            "SELECT username, shortname, data, dataformat FROM mdl_user_info_data AS data "
            "JOIN mdl_user AS account ON account.id = userid JOIN mdl_user_info_field AS field ON field.id = fieldid "
            "WHERE auth = 'ldap' ORDER BY 1, 2");
    }
    std::string waiting() {
        return sql("SELECT field, waits FROM entstream.profile_value WHERE waits IS NOT NULL ORDER BY uuid, field");
    }
};

TEST_P(Profile, ValuesOfEachTypeAreWrittenAsMoodleStoresThem) {
    field("birth", "datetime");
    field("eleve", "checkbox");
    field("regime", "menu", "Externe\\r\\nInterne");
    field("short", "text", "30", "3");
    pupil(1, {{"birth", "1788213600"}, {"eleve", "1"}, {"regime", "Interne"}, {"short", "long text"}});
    pupil(2, {{"birth", ""}, {"eleve", ""}, {"regime", ""}, {"short", ""}});
    EXPECT_EQ(apply().counts(Entity::user, Action::created), 2);
    const std::string first = "u1|birth|1788213600|0\nu1|eleve|1|0\nu1|regime|Interne|0\nu1|short|lon|0";
    EXPECT_EQ(data(), first) << "nothing is not written where there is nothing";
    pupil(1, {{"birth", ""}, {"eleve", ""}, {"regime", ""}, {"short", ""}});
    pupil(2, {{"birth", "0"}, {"eleve", "0"}, {"regime", "Externe"}, {"short", "x"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::updated), 2);
    EXPECT_EQ(data(),
              "u1|birth|0|0\nu1|eleve|0|0\nu1|regime||0\nu1|short||0\n"
              "u2|birth|0|0\nu2|eleve|0|0\nu2|regime|Externe|0\nu2|short|x|0");
    EXPECT_EQ(waiting(), "");
    sql("UPDATE mdl_user_info_data SET data = 'by hand' WHERE fieldid = (SELECT id FROM mdl_user_info_field "
        "WHERE shortname = 'short')");
    pupil(2, {{"birth", "0"}, {"eleve", "0"}, {"regime", "Externe"}, {"short", "x"}});
    apply();
    EXPECT_EQ(sql("SELECT string_agg(data, ',' ORDER BY data) FROM mdl_user_info_data WHERE data IN ('x', 'by hand')"),
              "by hand,x")
        << "whoever has a new record gets what it says, the other keeps what he has";
}

TEST_P(Profile, WhatMoodleDoesNotTakeWaitsForTheSweep) {
    field("eleve", "checkbox");
    field("birth", "datetime");
    field("regime", "menu", "Externe");
    field("notes", "textarea");
    pupil(1, {{"birth", "01/09/2026"}, {"eleve", "O"}, {"later", "x"}, {"notes", "n"}, {"regime", "Interne"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::parked), 5);
    EXPECT_EQ(data(), "");
    EXPECT_EQ(waiting(),
              "birth|a date must be in seconds: date = \"unix\" in its rule\n"
              "eleve|a checkbox takes 0 or 1\n"
              "later|Moodle has no profile field of this short name\n"
              "notes|entstream does not fill profile fields of type textarea\n"
              "regime|the value is no option of the menu");
    SweepSummary swept = sweep();
    EXPECT_EQ(swept.profile_values, 5);
    EXPECT_EQ(swept.counts(Entity::user, Action::parked), 0) << "what is known is not said again";
    field("later", "text", "30", "2048");
    sql("UPDATE mdl_user_info_field SET param1 = E'Externe\\nInterne' WHERE shortname = 'regime'");
    swept = sweep();
    EXPECT_EQ(swept.profile_values, 3);
    EXPECT_EQ(data(), "u1|later|x|0\nu1|regime|Interne|0");
    pupil(1, {{"birth", "0"}, {"eleve", "1"}, {"later", "x"}, {"notes", ""}, {"regime", "Interne"}});
    apply();
    EXPECT_EQ(data(), "u1|birth|0|0\nu1|eleve|1|0\nu1|later|x|0\nu1|regime|Interne|0");
    user_leaves(1);
    apply();
    EXPECT_EQ(sql("SELECT count(*) FROM entstream.profile_value"), "0");
    EXPECT_EQ(data(), "u1|birth|0|0\nu1|eleve|1|0\nu1|later|x|0\nu1|regime|Interne|0") << "who left keeps what he has";
}

TEST_P(Profile, WhoWaitsForHisNameGetsThemWithHisAccount) {
    field("eleve", "checkbox");
    user(1, {{UserField::username, "same"}});
    apply();
    pupil(2, {{"eleve", "1"}}, {{UserField::username, "same"}});
    apply();
    EXPECT_EQ(data(), "");
    user(1, {{UserField::username, "other"}});
    apply();
    EXPECT_EQ(data(), "same|eleve|1|0") << "in the batch that frees the name";
    pupil(3, {{"eleve", "1"}}, {{UserField::username, "byhand"}});
    sql("INSERT INTO mdl_user (username, mnethostid) VALUES ('byhand', 1)");
    apply();
    sql("DELETE FROM mdl_user WHERE username = 'byhand'");
    sweep();
    EXPECT_EQ(data(), "byhand|eleve|1|0\nsame|eleve|1|0") << "in a sweep";
}

TEST_P(Profile, AFieldThatIsMadeAnewIsFilledBySweeps) {
    field("regime", "text");
    field("other", "text");
    pupil(1, {{"regime", "Externe"}, {"other", "x"}});
    pupil(2, {{"regime", ""}, {"other", "y"}});
    apply();
    sweep();
    sql("DELETE FROM mdl_user_info_data WHERE fieldid = (SELECT id FROM mdl_user_info_field WHERE shortname = "
        "'regime'); "
        "DELETE FROM mdl_user_info_field WHERE shortname = 'regime'");
    EXPECT_EQ(sweep().counts.total(), 0) << "there is nothing to fill";
    field("regime", "text");
    EXPECT_EQ(sweep().counts(Entity::user, Action::updated), 1);
    EXPECT_EQ(data(), "u1|other|x|0\nu1|regime|Externe|0\nu2|other|y|0");
    EXPECT_EQ(waiting(), "");
    EXPECT_EQ(sweep().counts.total(), 0);
}

TEST_P(Profile, AccountsThatAreNotOursToWriteKeepTheirs) {
    field("eleve", "checkbox");
    pupil(1, {{"eleve", "1"}});
    apply();
    sql("UPDATE mdl_user SET auth = 'manual' WHERE username = 'u1'");
    pupil(1, {{"eleve", "0"}});
    apply();
    EXPECT_EQ(sql("SELECT data FROM mdl_user_info_data WHERE userid = " + id_of(1)), "1");
}

ENTSTREAM_MERGE_SUITE(Profile);

}  // namespace
}  // namespace entstream::test
