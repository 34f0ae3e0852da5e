// The options of `sync`, each with each other: what of them somebody would notice.

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <string>
#include <vector>

#include "tests/replay/replay_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using Options = std::vector<std::string>;

const Options all_options = {"--force", "--update-only", "--simulate",    "--since",
                             "--trace", "--create",      "--release-lock"};

bool has(const Options& options, const std::string& option) {
    return std::find(options.begin(), options.end(), option) != options.end();
}

std::vector<Options> pairs_of_options() {
    std::vector<Options> pairs;
    for (auto first = all_options.begin(); first != all_options.end(); ++first) {
        for (auto second = first + 1; second != all_options.end(); ++second) {
            pairs.push_back({*first, *second});
        }
    }
    return pairs;
}

/// What somebody notices of a run.
struct Noticed {
    int status{};
    bool is_mended{};   ///< the account that was changed by hand
    bool is_created{};  ///< the account that was missing
    bool is_traced{};
    std::string released{};  ///< how many cohorts somebody may edit now; empty: none

    bool operator==(const Noticed&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Noticed& noticed) {
    return out << "status " << noticed.status << (noticed.is_mended ? ", mended" : "")
               << (noticed.is_created ? ", created" : "") << (noticed.is_traced ? ", traced" : "")
               << (noticed.released.empty() ? "" : ", released " + noticed.released);
}

constexpr int ok = 0;
constexpr int usage = 2;
constexpr int differences = 10;
constexpr int no_such_entry = 66;

/// `sync users`: without force nothing is newer than what was applied.
Noticed expected_of_all(const Options& options) {
    if (has(options, "--create")) {
        return {.status = usage};
    }
    const bool force = has(options, "--force");
    if (has(options, "--simulate")) {
        return {.status = force ? differences : ok, .is_traced = force && has(options, "--trace")};
    }
    return {.status = ok,
            .is_mended = force,
            .is_created = force && !has(options, "--update-only"),
            .is_traced = force && has(options, "--trace")};
}

/// `sync --user` of the one that was changed.
Noticed expected_of_changed(const Options& options) {
    const bool force = has(options, "--force");
    const bool simulate = has(options, "--simulate");
    return {.status = force && simulate ? differences : ok,
            .is_mended = force && !simulate,
            .is_traced = force && has(options, "--trace")};
}

/// `sync --user` of the one that is missing: its record is looked for, with force and without.
Noticed expected_of_missing(const Options& options) {
    const bool is_wanted = !has(options, "--update-only");
    Noticed noticed{.is_traced = has(options, "--trace")};
    if (has(options, "--simulate")) {
        noticed.status = is_wanted ? differences : ok;
    } else if (is_wanted) {
        noticed.is_created = has(options, "--create");
        noticed.status = noticed.is_created ? ok : no_such_entry;
    }
    return noticed;
}

/// `sync cohorts` and `sync --cohort`, where all are locked.
Noticed expected_of_locked(const Options& options, const std::string& cohorts) {
    if (has(options, "--create")) {
        return {.status = usage};
    }
    const bool simulate = has(options, "--simulate");
    return {.status = simulate ? differences : ok,
            .is_traced = has(options, "--trace"),
            .released = simulate ? "" : cohorts};
}

class OptionsOfSync : public SharedReplayProgram {
  protected:
    void SetUp() override {
        SharedReplayProgram::SetUp();
        changed_ = some_pupil(0);
        missing_ = some_pupil(1);
    }

    /// One account is changed by hand, one is missing.
    void spoil() {
        const std::string account = "(SELECT id FROM mdl_user WHERE username = '" + missing_.username + "')";
        run("UPDATE mdl_cohort SET component = 'local_entstream' WHERE component = ''; UPDATE entstream.link SET "
            "unlocked = false WHERE unlocked; UPDATE mdl_user SET lastname = 'By hand' WHERE username = '" +
            changed_.username + "'; DELETE FROM mdl_cohort_members WHERE userid = " + account +
            "; DELETE FROM entstream.link WHERE kind = 'user' AND moodle_id = " + account +
            "; DELETE FROM mdl_user WHERE username = '" + missing_.username + "'");
    }

    Noticed notice(Options what, const Options& options) {
        spoil();
        for (const std::string& option : options) {
            what.push_back(option);
            if (option == "--since") {
                what.emplace_back("1h");
            }
        }
        if (has(options, "--force")) {
            what.emplace_back("--no-reconcile");
        }
        what.emplace_back("--yes");
        const Exit exit = sync(what);
        last_ = exit.out + exit.err;
        return {
            .status = exit.status,
            .is_mended =
                moodle_says("SELECT lastname <> 'By hand' FROM mdl_user WHERE username = '" + changed_.username + "'"),
            .is_created = moodle_says("SELECT EXISTS (SELECT FROM mdl_user WHERE username = '" + missing_.username +
                                      "' AND auth = 'ldap' AND deleted = 0)"),
            .is_traced = last_.find(", offset ") != std::string::npos,
            .released = text("SELECT coalesce(nullif(count(*), 0)::text, '') FROM mdl_cohort WHERE component = ''")};
    }

    Place changed_;     // NOLINT
    Place missing_;     // NOLINT
    std::string last_;  // NOLINT
};

TEST_F(OptionsOfSync, EachGoesWithEachOther) {
    const std::string cohorts = text("SELECT count(*) FROM mdl_cohort");
    const std::string cohort = text("SELECT idnumber FROM mdl_cohort ORDER BY id LIMIT 1");
    for (const Options& pair : pairs_of_options()) {
        const std::string name = pair[0] + " " + pair[1];
        if (has(pair, "--release-lock")) {
            EXPECT_EQ(notice({"cohorts"}, pair), expected_of_locked(pair, cohorts)) << "cohorts " << name << last_;
            EXPECT_EQ(notice({"--cohort", cohort}, pair), expected_of_locked(pair, "1")) << "cohort " << name << last_;
            continue;
        }
        EXPECT_EQ(notice({"users"}, pair), expected_of_all(pair)) << "users " << name << '\n' << last_;
        if (has(pair, "--create")) {
            EXPECT_EQ(notice({"--user", missing_.person_dn}, pair), expected_of_missing(pair))
                << "missing " << name << '\n'
                << last_;
        } else {
            EXPECT_EQ(notice({"--user", changed_.username}, pair), expected_of_changed(pair))
                << "changed " << name << '\n'
                << last_;
        }
    }
    const Options without_create = {"--force", "--since"};
    EXPECT_EQ(notice({"--user", missing_.person_dn}, without_create), expected_of_missing(without_create)) << last_;
    EXPECT_THAT(last_, HasSubstr("--create makes it. Nothing was done."));
    EXPECT_EQ(notice({"users"}, {"--release-lock"}), Noticed{.status = usage}) << "it is about cohorts";
    EXPECT_EQ(sync({"users", "--force", "--no-reconcile", "--yes"}).status, ok);
    expect_moodle_equals_directory();
}

TEST_F(OptionsOfSync, SinceGoesByTheCsnAndForDeletionsFoundInARefreshByTheirObservation) {
    const std::string is_suspended = "SELECT suspended = 1 FROM mdl_user WHERE username = '" + missing_.username + "'";
    const std::string is_mended =
        "SELECT lastname <> 'By hand' FROM mdl_user WHERE username = '" + changed_.username + "'";
    pipeline_->producer().terminate();
    ASSERT_EQ(pipeline_->producer().wait().status, 0);
    // The next full second: what was loaded lies before it.
    const std::time_t now = std::time(nullptr) + 1;
    ASSERT_TRUE(wait_until([&] { return std::time(nullptr) >= now; }));
    std::string since(sizeof "2026-11-26T05:00:00", '\0');
    since.resize(std::strftime(since.data(), since.size(), "%Y-%m-%dT%H:%M:%S", std::gmtime(&now)));
    // The producer does not see it go: it finds it missing.
    directory_->remove(missing_.person_dn);
    pipeline_->start_producer();
    wait_for_moodle(is_suspended);

    run("UPDATE mdl_user SET suspended = 0 WHERE username = '" + missing_.username +
        "'; UPDATE mdl_user SET lastname = 'By hand' WHERE username = '" + changed_.username + "'");
    const auto since_then = [&](const std::string& time) {
        return sync({"users", "--force", "--no-reconcile", "--yes", "--trace", "--since", time});
    };
    const Exit later = since_then("2100-01-01");
    EXPECT_EQ(later.status, 0) << later.out << later.err;
    EXPECT_FALSE(moodle_says(is_suspended));
    const Exit recent = since_then(since);
    EXPECT_EQ(recent.status, 0) << recent.out << recent.err;
    EXPECT_TRUE(moodle_says(is_suspended)) << recent.out << recent.err;
    EXPECT_FALSE(moodle_says(is_mended)) << "by its CSN it is older";
    EXPECT_THAT(recent.err, HasSubstr(", DELETE, REFRESH, observed ")) << "it has no CSN";
    EXPECT_THAT(recent.err, Not(HasSubstr(changed_.username)));
    EXPECT_EQ(since_then("1d").status, 0);
    EXPECT_TRUE(moodle_says(is_mended));
    EXPECT_EQ(since_then("yesterday").status, usage);
    expect_moodle_equals_directory();
}

}  // namespace
}  // namespace entstream::test
