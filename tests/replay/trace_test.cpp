// `--trace`: why each object is created, changed, left alone or refused, while a run goes on.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "tests/replay/replay_fixture.hpp"

namespace entstream::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

std::string content_of(const fs::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// Lines that begin with this.
long lines_of(const std::string& text, const std::string& begin) {
    std::istringstream stream(text);
    long count = 0;
    for (std::string line; std::getline(stream, line);) {
        count += line.starts_with(begin) ? 1 : 0;
    }
    return count;
}

/// JSON objects of a trace that have these values.
std::vector<nlohmann::json> find(const std::string& lines, const nlohmann::json& values) {
    std::vector<nlohmann::json> found;
    std::istringstream stream(lines);
    for (std::string line; std::getline(stream, line);) {
        if (!line.starts_with('{')) {
            continue;  // the log
        }
        auto object = nlohmann::json::parse(line);
        const bool meant = std::all_of(values.items().begin(), values.items().end(), [&](const auto& value) {
            return object.contains(value.key()) && object.at(value.key()) == value.value();
        });
        if (meant) {
            found.push_back(std::move(object));
        }
    }
    return found;
}

TEST_F(ReplayProgram, TracesWhyEachObjectIsChangedOrLeftAlone) {
    const Place pupil = some_pupil();
    const std::string uuid =
        text("SELECT uuid FROM entstream.link JOIN mdl_user ON id = moodle_id WHERE kind = 'user' AND username = '" +
             pupil.username + "'");
    change_by_hand(pupil);
    // One that anybody could read before.
    const fs::path file = dir_->path() / "trace";
    std::ofstream(file) << "old";
    fs::permissions(file, fs::perms::all);
    const std::string plan = (dir_->path() / "saved.plan").string();
    const Exit simulated =
        sync({"users", "cohorts", "roles", "--force", "--simulate", "--save", plan, "--trace-file", file.string()});
    EXPECT_EQ(simulated.status, 10) << simulated.out << simulated.err;
    EXPECT_THAT(simulated.err, Not(HasSubstr(uuid))) << "apart from the result, where the operator said";
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    const std::string trace = content_of(file);
    EXPECT_THAT(trace,
                AllOf(ContainsRegex("user updated " + uuid + " " + pupil.username +
                                    " \\(source [a-z0-9]+, offset [0-9]+, CREATE, RE(FRESH|SYNC), CSN [0-9]+"),
                      ContainsRegex("    lastname = \"[^\"]+\", Moodle has \"By hand\"; value \"\\$\\{sn\\}\": "),
                      HasSubstr("Moodle has \"by@hand.example\"; value \"${mail}\": "), HasSubstr("; case lower: "),
                      HasSubstr("    component: \"\" -> \"local_entstream\"")));
    EXPECT_THAT(trace, ContainsRegex("cohort's name = \"[^\"]+\", Moodle has \"By hand\"; value .*; regex \""));
    EXPECT_THAT(trace, ContainsRegex("member created " + uuid + " in group [-0-9a-f]+: the group names him \\(source"));
    EXPECT_THAT(trace,
                ContainsRegex("role_assignment created [-0-9a-f]+ [a-z]+ in (system|course [^ ]+) by role object "));
    EXPECT_THAT(trace, ContainsRegex("role parked [-0-9a-f]+ teacher: Moodle lacks its role or context"));
    EXPECT_THAT(trace, ContainsRegex("    role = \"teacher\"; .*; regex .*; table: \"teacher\""));
    EXPECT_THAT(trace, HasSubstr(": Moodle has it as it should be (source"));
    EXPECT_EQ(lines_of(trace, "user "), moodle_count("SELECT count(*) FROM entstream.link WHERE kind = 'user'"));
    EXPECT_EQ(lines_of(trace, "cohort "), moodle_count("SELECT count(*) FROM entstream.link WHERE kind = 'cohort'"));
    EXPECT_EQ(lines_of(trace, "role "), moodle_count("SELECT count(*) FROM entstream.role_object"));
    EXPECT_EQ(lines_of(trace, "member ") + lines_of(trace, "role_assignment "),
              moodle_count("SELECT count(*) FROM entstream.membership"));

    // What is done, and what the database does not take.
    run(R"(CREATE FUNCTION no_change() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE check_violation USING MESSAGE = 'not this one'; END $$;
           CREATE TRIGGER no_change BEFORE UPDATE ON mdl_user FOR EACH ROW EXECUTE FUNCTION no_change())");
    const Exit refused = replay("apply", {plan, "--trace", "--json"});
    EXPECT_EQ(refused.status, 1) << refused.out << refused.err;
    EXPECT_THAT(refused.out, Not(HasSubstr("not this one")));
    const auto of_pupil = find(refused.err, {{"step", "refused"}, {"uuid", uuid}, {"entity", "user"}});
    ASSERT_EQ(of_pupil.size(), 1U) << refused.err;
    EXPECT_THAT(of_pupil.front()["reason"].get<std::string>(), HasSubstr("not this one"));
    EXPECT_TRUE(of_pupil.front()["offset"].is_number());
    // Before, why the plan has it: as the simulation has told.
    const auto why = find(refused.err, {{"step", "planned"}, {"uuid", uuid}, {"entity", "user"}});
    ASSERT_EQ(why.size(), 1U) << refused.err;
    EXPECT_EQ(why.front()["offset"], of_pupil.front()["offset"]);
    EXPECT_EQ(why.front()["dn"], pupil.person_dn);
    EXPECT_THAT(why.front()["csn"].get<std::string>(), ContainsRegex("^[0-9]{14}[.]"));
    EXPECT_THAT(why.front()["fields"].dump(), AllOf(HasSubstr("value \\\"${sn}\\\""), HasSubstr("case lower")));
    EXPECT_EQ(find(refused.err, {{"step", "done"}, {"entity", "cohort"}, {"action", "updated"}}).size(), 1U);
    EXPECT_EQ(find(refused.err, {{"step", "done"}, {"entity", "role_assignment"}, {"action", "created"}}).size(), 2U);
    run("DROP TRIGGER no_change ON mdl_user");

    // The rest; what was done meanwhile is left alone.
    const Exit rest = replay("apply", {plan, "--trace"});
    EXPECT_EQ(rest.status, 0) << rest.out << rest.err;
    EXPECT_THAT(rest.err, HasSubstr("done: user updated " + uuid + " " + pupil.username));
    EXPECT_THAT(rest.err, ContainsRegex("left alone: cohort updated [-0-9a-f]+ [^:]+:.*: Moodle has it so by now"));
    // Each line that the simulation had of what is to be changed, with record, rule, regex and table.
    std::istringstream planned(trace);
    int told = 0;
    bool is_change = false;
    for (std::string line; std::getline(planned, line);) {
        const bool goes_on = line.starts_with("    ");
        is_change =
            goes_on ? is_change : line.find(" updated ") < line.find(':') || line.find(" created ") < line.find(':');
        if (is_change) {
            ++told;
            EXPECT_THAT(rest.err, HasSubstr(line));
        }
    }
    EXPECT_GE(told, 8);

    // The other commands that plan tell the same.
    const std::string as_it_should_be =
        "user unchanged " + uuid + " " + pupil.username + ": Moodle has it as it should be";
    wait_for_moodle("SELECT watermark IS NOT NULL FROM entstream.position");
    const Exit whole = replay("resync", {"--simulate", "--trace"});
    EXPECT_EQ(whole.status, 0) << whole.out << whole.err;
    EXPECT_THAT(whole.err, HasSubstr(as_it_should_be));
    const Exit verified = replay("verify", {"--without-directory", "--trace"});
    EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
    EXPECT_THAT(verified.err, HasSubstr(as_it_should_be));

    // One person: all of his fields and memberships, also where nothing is to be done; nothing of anybody else.
    const Exit single = sync({"--user", pupil.username, "--force", "--no-reconcile", "--trace", "--json"});
    EXPECT_EQ(single.status, 0) << single.out << single.err;
    const auto person = find(single.err, {{"step", "planned"}, {"entity", "user"}});
    ASSERT_EQ(person.size(), 1U) << single.err;
    EXPECT_EQ(person.front()["action"], "unchanged");
    EXPECT_EQ(person.front()["dn"], pupil.person_dn);
    EXPECT_THAT(person.front()["selection"].dump(), HasSubstr("users.select: matches"));
    EXPECT_THAT(person.front()["fields"].dump(), HasSubstr("ENTPersonJointure"));
    EXPECT_EQ(find(single.err, {{"entity", "member"}}).size(),
              moodle_count("SELECT count(*) FROM entstream.membership WHERE parent_kind = 'group' AND member_uuid = '" +
                           uuid + "'"));
    EXPECT_THAT(single.out, Not(HasSubstr("\"step\""))) << "the result is apart";

    // What an option leaves out says so.
    run("DELETE FROM entstream.link WHERE kind = 'user' AND uuid = '" + uuid + "'");
    const Exit update = sync({"users", "--force", "--no-reconcile", "--update-only", "--trace"});
    EXPECT_EQ(update.status, 0) << update.out << update.err;
    EXPECT_THAT(update.err, HasSubstr("user unchanged " + uuid + " " + pupil.username +
                                      ": --update-only: there is no account for it, and none is made"));

    EXPECT_EQ(sync({"users", "--simulate", "--trace-file", (dir_->path() / "no" / "such").string()}).status, 78);
}

}  // namespace
}  // namespace entstream::test
