#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {
namespace {

using consumer::UserField;

class Users : public MergeTest {
  protected:
    /// usernames of all accounts that the tests made, in id order, with `suspended`
    std::string accounts() {
        return sql("SELECT username, suspended FROM mdl_user WHERE auth = 'ldap' ORDER BY username");
    }
    std::string parked() { return sql("SELECT wanted, reason FROM entstream.parked ORDER BY wanted, uuid"); }

    void open_with(consumer::LogRows log_rows) {
        config_ = moodle_->config();
        config_.log_rows = log_rows;
        target_.emplace(config_);
        target_->open();
        target_->claim("rennes");
    }
    /// What Moodle's own log says of the accounts of these tests.
    std::string logged() {
        return sql(
            "SELECT log.action || ' ' || username FROM mdl_logstore_standard_log AS log "
            "JOIN mdl_user ON mdl_user.id = log.objectid AND log.objecttable = 'user' "
            "WHERE auth = 'ldap' ORDER BY log.id");
    }

    consumer::ConsumerConfig config_;  ///< of open_with()
};

TEST_P(Users, NewUserGetsExactlyMoodlesRows) {
    user(1, {{UserField::idnumber, "E1"}, {UserField::institution, "0350001A"}});
    const ApplySummary summary = apply();

    EXPECT_EQ(summary.counts(Entity::user, Action::created), 1);
    EXPECT_EQ(sql("SELECT auth, confirmed, policyagreed, deleted, suspended, mnethostid, username, password, idnumber, "
                  "firstname, lastname, email, institution, city, country, lang, calendartype, timezone, "
                  "descriptionformat, mailformat, maildisplay, autosubscribe, description IS NULL FROM mdl_user "
                  "WHERE username = 'u1'"),
              "ldap|1|0|0|0|1|u1||E1|First1|Last1|u1@example.org|0350001A|||en|gregorian|99|1|1|2|1|t");
    EXPECT_EQ(sql("SELECT timecreated = timemodified AND abs(timecreated - extract(epoch FROM now())) < 60 "
                  "FROM mdl_user WHERE username = 'u1'"),
              "t");
    EXPECT_EQ(sql("SELECT contextlevel, path = '/1/' || id, depth, locked FROM mdl_context "
                  "WHERE instanceid = " +
                  id_of(1) + " AND contextlevel = 30"),
              "30|t|2|0");
    EXPECT_EQ(sql("SELECT eventname, log.component, action, target, objecttable, objectid = " + id_of(1) +
                  ", crud, edulevel, log.contextid = context.id, log.contextlevel, contextinstanceid = " + id_of(1) +
                  ", userid, courseid, relateduserid = " + id_of(1) +
                  ", anonymous, other, origin, ip IS NULL, realuserid IS NULL "
                  "FROM mdl_logstore_standard_log AS log JOIN mdl_context AS context "
                  "ON context.contextlevel = 30 AND context.instanceid = objectid WHERE origin = 'cli'"
                  "AND eventname LIKE '%user_created' AND objectid > 2"),
              "\\core\\event\\user_created|core|created|user|user|t|c|0|t|30|t|2|0|t|0|null|cli|t|t");
    EXPECT_EQ(sql("SELECT entity, action, objects FROM entstream.audit"), "user|created|1");
}

TEST_P(Users, LaterColumnsAreWrittenWhereTheyAreMappedAndNullIsNothing) {
    const std::string columns =
        "SELECT coalesce(middlename, 'null'), coalesce(alternatename, 'null'), coalesce(description, 'null'), "
        "maildisplay, timezone, calendartype, theme FROM mdl_user WHERE username = 'u1'";
    user(1);
    apply();
    EXPECT_EQ(sql(columns), "null|null|null|2|99|gregorian|");
    user(1, {{UserField::middlename, ""}, {UserField::description, ""}});
    EXPECT_EQ(apply().counts(Entity::user, Action::updated), 0) << "an empty text is no other one than NULL";
    const std::map<UserField, std::string> all = {
        {UserField::middlename, "M"},  {UserField::alternatename, "A"},       {UserField::description, "D"},
        {UserField::maildisplay, "0"}, {UserField::timezone, "Europe/Paris"}, {UserField::calendartype, "hijri"},
        {UserField::theme, "classic"}};
    user(1, all);
    EXPECT_EQ(apply().counts(Entity::user, Action::updated), 1);
    EXPECT_EQ(sql(columns), "M|A|D|0|Europe/Paris|hijri|classic");
    user(1, all);
    EXPECT_EQ(apply().counts(Entity::user, Action::updated), 0);
    user(2, all);
    apply();
    EXPECT_EQ(sql("SELECT middlename, maildisplay, timezone FROM mdl_user WHERE username = 'u2'"), "M|0|Europe/Paris");
}

TEST_P(Users, NextIdOfMoodleItselfIsFree) {
    user(1);
    apply();
    EXPECT_EQ(sql("INSERT INTO mdl_user (username, mnethostid) VALUES ('byhand', 1) RETURNING id > " + id_of(1)), "t");
    EXPECT_EQ(sql("INSERT INTO mdl_context (contextlevel, instanceid) VALUES (30, 999999) RETURNING id > "
                  "(SELECT id FROM mdl_context WHERE contextlevel = 30 AND instanceid = " +
                  id_of(1) + ")"),
              "t");
}

TEST_P(Users, ChangeWritesTheDifferenceAndLogsIt) {
    user(1, {{UserField::phone1, "02"}});
    apply();
    sql("UPDATE mdl_user SET timemodified = 1, city = 'Rennes' WHERE username = 'u1'");
    user(1, {{UserField::lastname, "Durand"}});
    const ApplySummary summary = apply();

    EXPECT_EQ(summary.counts(Entity::user, Action::updated), 1);
    EXPECT_EQ(sql("SELECT firstname, lastname, city, phone1, timemodified > 1 FROM mdl_user WHERE username = 'u1'"),
              "First1|Durand|Rennes|02|t")
        << "fields that are not mapped stay";
    EXPECT_EQ(sql("SELECT action, crud, relateduserid = objectid FROM mdl_logstore_standard_log "
                  "WHERE eventname = '\\core\\event\\user_updated' AND objectid = " +
                  id_of(1)),
              "updated|u|t");
}

TEST_P(Users, UnchangedUserIsNotWritten) {
    user(1);
    apply();
    const std::string before = sql("SELECT xmin, ctid FROM mdl_user WHERE username = 'u1'");
    user(1);
    EXPECT_EQ(apply().counts.total(), 0);
    EXPECT_EQ(sql("SELECT xmin, ctid FROM mdl_user WHERE username = 'u1'"), before);
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_logstore_standard_log WHERE eventname LIKE '%user_updated' "
                  "AND objectid = " +
                  id_of(1)),
              "0");
}

TEST_P(Users, OfAStretchThatIsDeliveredAgainWhatIsNewerCounts) {
    constexpr int all = 1200;
    const auto deliver = [&](std::int64_t version) {
        for (int i = 1; i <= all; ++i) {
            user(i).version = version;
        }
    };
    deliver(5);
    EXPECT_EQ(apply().counts(Entity::user, Action::created), all);
    for (int i = 0; i < 2; ++i) {
        deliver(5);
        EXPECT_EQ(apply().counts.total(), 0);
    }
    deliver(5);
    user(all, {{UserField::city, "Brest"}}).version = 6;
    EXPECT_EQ(apply().counts(Entity::user, Action::updated), 1);
    EXPECT_EQ(sql("SELECT username FROM mdl_user WHERE city = 'Brest'"), "u1200");

    deliver(5);
    EXPECT_EQ(apply().counts.total(), 0);
    deliver(5);
    user_leaves(7);
    user(all + 1);
    const ApplySummary last = apply();
    EXPECT_EQ(last.counts(Entity::user, Action::suspended), 1);
    EXPECT_EQ(last.counts(Entity::user, Action::created), 1);
}

TEST_P(Users, OlderRecordIsIgnored) {
    user(1, {{UserField::lastname, "New"}});
    apply();
    user(1, {{UserField::lastname, "Old"}}).version = 0;
    EXPECT_EQ(apply().counts.total(), 0);
    EXPECT_EQ(sql("SELECT lastname FROM mdl_user WHERE username = 'u1'"), "New");
}

TEST_P(Users, LeaverIsSuspendedAndRevivedWhenBack) {
    user(1);
    apply();
    user_leaves(1);
    EXPECT_EQ(apply().counts(Entity::user, Action::suspended), 1);
    EXPECT_EQ(accounts(), "u1|1");
    user(1, {{UserField::firstname, "Anew"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::revived), 1);
    EXPECT_EQ(sql("SELECT username, suspended, firstname FROM mdl_user WHERE auth = 'ldap'"), "u1|0|Anew");
}

TEST_P(Users, WhoWasSuspendedByHandStaysSuspended) {
    user(1);
    apply();
    sql("UPDATE mdl_user SET suspended = 1 WHERE username = 'u1'");
    user_leaves(1);
    apply();
    user(1);
    EXPECT_EQ(apply().counts(Entity::user, Action::revived), 0);
    EXPECT_EQ(accounts(), "u1|1");
}

TEST_P(Users, WhomAnAdministratorLetsInAgainAfterHeLeftStaysIn) {
    user(1);
    apply();
    user_leaves(1);
    apply();
    sql("UPDATE mdl_user SET suspended = 0 WHERE username = 'u1'");
    user_leaves(1);
    EXPECT_EQ(apply().counts.total(), 0);
    EXPECT_EQ(accounts(), "u1|0");
    sql("UPDATE mdl_user SET suspended = 1 WHERE username = 'u1'");
    user(1);
    EXPECT_EQ(apply().counts(Entity::user, Action::revived), 0) << "the second suspension was not ours";
}

TEST_P(Users, PolicyKeepLeavesTheAccountAlone) {
    consumer::ConsumerConfig config = moodle_->config();
    config.users_leaving = consumer::LeaverPolicy::keep;
    target_.emplace(config);
    target_->open();
    target_->claim("rennes");
    user(1);
    apply();
    user_leaves(1);
    EXPECT_EQ(apply().counts.total(), 0);
    EXPECT_EQ(accounts(), "u1|0");
}

TEST_P(Users, AdministratorsAndOtherAuthAreNotTouched) {
    user(1);
    user(2);
    apply();
    sql("UPDATE mdl_config SET value = '2," + id_of(1) +
        "' WHERE name = 'siteadmins';"
        "UPDATE mdl_user SET auth = 'manual' WHERE username = 'u2'");
    user(1, {{UserField::username, "renamed"}});
    user_leaves(2);
    EXPECT_EQ(apply().counts(Entity::user, Action::spared), 2);
    EXPECT_EQ(sql("SELECT username, suspended FROM mdl_user WHERE username IN ('u1', 'u2', 'renamed') ORDER BY 1"),
              "u1|0\nu2|0");
}

TEST_P(Users, DeletedInMoodleIsReportedAndNeverRevived) {
    user(1);
    user(2);
    apply();
    sql("UPDATE mdl_user SET deleted = 1, username = 'u1@example.org.1700000000' WHERE username = 'u1';"
        "DELETE FROM mdl_user WHERE username = 'u2'");
    user(1);
    user(2);
    EXPECT_EQ(apply().counts(Entity::user, Action::gone), 2);
    EXPECT_EQ(sql("SELECT deleted, username FROM mdl_user WHERE auth = 'ldap'"), "1|u1@example.org.1700000000");
    EXPECT_EQ(sql("SELECT DISTINCT status FROM entstream.link"), "gone_in_moodle");
    EXPECT_EQ(sweep().gone, 2);
}

TEST_P(Users, NamesChangeHandsInOneBatch) {
    user(1, {{UserField::username, "a"}});
    user(2, {{UserField::username, "b"}});
    user(3, {{UserField::username, "c"}});
    apply();
    user(1, {{UserField::username, "b"}});
    user(2, {{UserField::username, "a"}});
    user(3, {{UserField::username, "d"}});
    user(4, {{UserField::username, "c"}});
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::updated), 3);
    EXPECT_EQ(summary.counts(Entity::user, Action::parked), 0);
    EXPECT_EQ(sql("SELECT firstname, username FROM mdl_user WHERE auth = 'ldap' ORDER BY 1"),
              "First1|b\nFirst2|a\nFirst3|d\nFirst4|c");
}

TEST_P(Users, NamesChangeHandsInARingOfSeveralBatches) {
    user(1, {{UserField::username, "a"}});
    user(2, {{UserField::username, "b"}});
    user(3, {{UserField::username, "c"}});
    user(4, {{UserField::username, "d"}});
    apply();
    user(1, {{UserField::username, "b"}});
    apply();
    user(2, {{UserField::username, "c"}});
    apply();
    user(3, {{UserField::username, "d"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::parked), 1);
    EXPECT_EQ(parked(), "b|username taken\nc|username taken\nd|username taken");
    user(4, {{UserField::username, "a"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::updated), 4);
    EXPECT_EQ(sql("SELECT firstname, username FROM mdl_user WHERE auth = 'ldap' ORDER BY 1"),
              "First1|b\nFirst2|c\nFirst3|d\nFirst4|a");
    EXPECT_EQ(parked(), "");
}

TEST_P(Users, TakenNameParksUntilItIsFreed) {
    sql("INSERT INTO mdl_user (username, mnethostid, auth) VALUES ('u1', 1, 'manual')");
    user(1);
    user(2);
    EXPECT_EQ(apply().counts(Entity::user, Action::parked), 1);
    EXPECT_EQ(accounts(), "u2|0") << "the others go on";
    EXPECT_EQ(parked(), "u1|username taken");
    EXPECT_EQ(sweep().parked_users, 1);

    sql("UPDATE mdl_user SET username = 'elsewhere' WHERE username = 'u1'");
    const SweepSummary swept = sweep();
    EXPECT_EQ(swept.parked_users, 0);
    EXPECT_EQ(swept.counts(Entity::user, Action::created), 1);
    EXPECT_EQ(accounts(), "u1|0\nu2|0");
    EXPECT_EQ(parked(), "");
}

TEST_P(Users, FreedNameGoesToWhoWaitsInTheSameTransaction) {
    user(1, {{UserField::username, "x"}});
    apply();
    user(2, {{UserField::username, "x"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::parked), 1) << "an account of a living entry keeps its name";
    user(1, {{UserField::username, "y"}});
    apply();
    EXPECT_EQ(sql("SELECT firstname, username FROM mdl_user WHERE auth = 'ldap' ORDER BY 1"), "First1|y\nFirst2|x");
    EXPECT_EQ(parked(), "");
}

TEST_P(Users, NewestRecordOfAParkedUserCounts) {
    user(1, {{UserField::username, "x"}});
    apply();
    user(2, {{UserField::username, "x"}});
    user(3, {{UserField::username, "x"}});
    apply();
    user(2, {{UserField::username, "z"}});
    user_leaves(3);
    EXPECT_EQ(apply().counts(Entity::user, Action::created), 1);
    EXPECT_EQ(parked(), "");
    EXPECT_EQ(accounts(), "x|0\nz|0");
}

TEST_P(Users, AmongNewcomersTheOldestEntryWins) {
    user(1, {{UserField::username, "x"}}).created_at = "20260301000000Z";
    user(2, {{UserField::username, "x"}}).created_at = "20260201000000Z";
    user(3, {{UserField::username, "x"}}).created_at = "20260201000000Z";
    apply();
    EXPECT_EQ(sql("SELECT firstname FROM mdl_user WHERE username = 'x'"), "First2");
    EXPECT_EQ(parked(), "x|username taken\nx|username taken");
}

TEST_P(Users, WhoCannotMoveKeepsTheNameOthersWaitFor) {
    sql("INSERT INTO mdl_user (username, mnethostid, auth) VALUES ('foreign', 1, 'manual')");
    user(1, {{UserField::username, "a"}});
    user(2, {{UserField::username, "b"}});
    apply();
    user(1, {{UserField::username, "foreign"}, {UserField::lastname, "Changed"}});
    user(2, {{UserField::username, "a"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::parked), 2);
    EXPECT_EQ(sql("SELECT firstname, lastname, username FROM mdl_user WHERE auth = 'ldap' ORDER BY 1"),
              "First1|Changed|a\nFirst2|Last2|b")
        << "everything but the name is written";
    EXPECT_EQ(parked(), "a|username taken\nforeign|username taken");
    sql("DELETE FROM mdl_user WHERE username = 'foreign'");
    sweep();
    EXPECT_EQ(accounts(), "a|0\nforeign|0");
    EXPECT_EQ(parked(), "");
}

TEST_P(Users, WhoLeftGivesWayAndGetsHisNameBackIfFree) {
    user(1, {{UserField::username, "x"}});
    apply();
    user_leaves(1);
    user(2, {{UserField::username, "x"}});
    const ApplySummary summary = apply();
    EXPECT_EQ(summary.counts(Entity::user, Action::parked), 0);
    EXPECT_EQ(sql("SELECT firstname, username, suspended FROM mdl_user WHERE auth = 'ldap' ORDER BY 1"),
              "First1|x.left" + id_of(1) + "|1\nFirst2|x|0");
    user(1, {{UserField::username, "x"}});
    EXPECT_EQ(apply().counts(Entity::user, Action::revived), 1);
    user(2, {{UserField::username, "other"}});
    apply();
    EXPECT_EQ(sql("SELECT firstname, username, suspended FROM mdl_user WHERE auth = 'ldap' ORDER BY 1"),
              "First1|x|0\nFirst2|other|0");
}

TEST_P(Users, WithoutLogRowsNothingIsLogged) {
    open_with(consumer::LogRows::none);
    user(1);
    batch_.watermark = std::chrono::system_clock::now();
    apply();
    user(2);
    apply();
    EXPECT_EQ(logged(), "");
}

TEST_P(Users, WithLiveLogRowsNeitherTheFirstLoadNorARebuildIsLogged) {
    open_with(consumer::LogRows::live);
    const auto now = std::chrono::system_clock::now();
    user(1);
    apply();
    user(2);
    batch_.watermark = now;
    apply();
    EXPECT_EQ(logged(), "") << "until the first watermark the directory has not been read as a whole";
    user(3);
    apply();
    EXPECT_EQ(logged(), "created u3");

    target_.reset();
    sql("UPDATE entstream.position SET watermark = NULL, rebuild_begun_at = now()");
    target_.emplace(config_);
    target_->open();
    target_->claim("rennes");
    user(1, {{UserField::city, "Brest"}});
    batch_.watermark = now - std::chrono::hours(1);
    apply();
    user(2, {{UserField::city, "Brest"}});
    batch_.watermark = now + std::chrono::hours(1);
    apply();
    EXPECT_EQ(sql("SELECT count(*) FROM mdl_user WHERE city = 'Brest'"), "2");
    EXPECT_EQ(logged(), "created u3") << "what the log said before the rebuild began is no news";
    user(3, {{UserField::city, "Brest"}});
    apply();
    EXPECT_EQ(logged(), "created u3\nupdated u3");
}

TEST_P(Users, ALanguageThatTheSiteDoesNotListIsTakenForAbsentAndSaidOnce) {
    const auto languages = [&] { return sql("SELECT username, lang FROM mdl_user WHERE auth = 'ldap' ORDER BY 1"); };
    const auto set_list = [&](const std::string& list) {
        sql("DELETE FROM mdl_config WHERE name = 'langlist'; INSERT INTO mdl_config (name, value) VALUES ('langlist', "
            "'" +
            list + "')");
    };
    user(1, {{UserField::lang, "br"}});
    apply();
    EXPECT_EQ(languages(), "u1|br") << "no list, nothing to look at";
    set_list("");
    user(2, {{UserField::lang, "br"}});
    apply();
    EXPECT_EQ(languages(), "u1|br\nu2|br");
    set_list("en, fr_ca | Québec");
    ::testing::internal::CaptureStdout();
    user(1, {{UserField::lang, "fr_ca"}});
    user(2, {{UserField::lang, "eu"}});
    user(3, {{UserField::lang, "en"}});
    apply();
    user(4, {{UserField::lang, "eu"}});
    apply();
    const std::string said = ::testing::internal::GetCapturedStdout();
    EXPECT_EQ(languages(), "u1|fr_ca\nu2|\nu3|en\nu4|");
    user(5, {{UserField::lang, "eu"}});
    batch_.users.back().other_languages = {"br", "fr_ca", "en"};
    user(6, {{UserField::lang, "en"}});
    batch_.users.back().other_languages = {"fr_ca"};
    apply();
    EXPECT_EQ(sql("SELECT username, lang FROM mdl_user WHERE username IN ('u5', 'u6') ORDER BY 1"), "u5|fr_ca\nu6|en")
        << "the first of what the rule gives besides that the site lists";
    const std::string words = "the language 'eu', which the site does not list";
    ASSERT_NE(said.find(words), std::string::npos) << said;
    EXPECT_EQ(said.find(words, said.find(words) + 1), std::string::npos) << "once";
}

ENTSTREAM_MERGE_SUITE(Users);

}  // namespace
}  // namespace entstream::test
