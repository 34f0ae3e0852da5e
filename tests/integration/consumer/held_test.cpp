// What the command line does about removals that the guard holds.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <vector>

#include "tests/integration/consumer/consumer_setting.hpp"

namespace entstream::test {
namespace {

using ::testing::HasSubstr;

Uuid pupil(int number) {
    return Uuid::from_name("pupil " + std::to_string(number));
}

TEST(HeldRemovals, AreShownApprovedAndRejectedBesideARunningConsumer) {
    constexpr int pupils = 30;
    ConsumerSetting setting;
    consumer::read::LogRecords& log = setting.records();
    setting.set_more_lines("[guard]\nremovals = 2\npercent = 0\n[consumer]\ncheck_interval = \"200ms\"");
    setting.create_topic();
    std::vector<consumer::read::LogRecord> records = {log.identity(1)};
    for (int i = 1; i <= pupils; ++i) {
        records.push_back(log.user(pupil(i), "p" + std::to_string(i)));
    }
    setting.write(records);
    const auto program = setting.start();
    const std::string people = "SELECT count(*) FROM entstream.link WHERE kind = 'user'";
    ASSERT_EQ(setting.wait_for(people, "30"), "30") << program->err();
    EXPECT_EQ(setting.run({"--held"}).out, "nothing is held\n");

    records.clear();
    for (int i = 1; i <= 4; ++i) {
        records.push_back(log.removal(user_key(pupil(i)), v1::KIND_USER, pupil(i)));
    }
    setting.write(records);
    ASSERT_EQ(setting.wait_for("SELECT count(*) FROM entstream.held", "4"), "4") << program->err();
    EXPECT_THAT(program->err(), HasSubstr("4 suspensions of users are held"));

    const Exit shown = setting.run({"--held", "--json"});
    EXPECT_EQ(shown.status, 0) << shown.err;
    std::istringstream lines(shown.out);
    std::vector<std::string> names;
    for (std::string line; std::getline(lines, line);) {
        const auto removal = nlohmann::json::parse(line);
        EXPECT_EQ(removal["entity"], "user");
        EXPECT_EQ(removal["source"], setting.source());
        names.push_back(removal["username"]);
    }
    EXPECT_THAT(names, ::testing::UnorderedElementsAre("p1", "p2", "p3", "p4"));
    EXPECT_THAT(setting.run({"--held"}).out, HasSubstr("4 removals are held"));

    const Exit one = setting.run({"--approve", pupil(1).to_text()});
    EXPECT_EQ(one.status, 0) << one.err;
    EXPECT_THAT(one.out, HasSubstr("1 held removals approved: user suspended 1"));
    EXPECT_EQ(setting.run({"--approve", pupil(1).to_text()}).status, 1) << "it is not held any more";
    EXPECT_EQ(setting.run({"--approve", "everything"}).status, 2);
    EXPECT_EQ(setting.run({"--reject", pupil(2).to_text()}).status, 0);
    EXPECT_EQ(setting.run({"--approve", "held=cohort"}).status, 0);
    EXPECT_THAT(setting.run({"--approve", "held=user"}).out, HasSubstr("user suspended 2"));
    EXPECT_EQ(setting.wait_for("SELECT username FROM mdl_user WHERE suspended = 1 ORDER BY 1", "p1\np3\np4"),
              "p1\np3\np4");

    setting.write({log.user(pupil(31), "p31")});
    EXPECT_EQ(setting.wait_for(people, "31"), "31") << "the consumer goes on: " << program->err();
    program->terminate();
    EXPECT_EQ(program->wait().status, 0);

    // What the consumer would do next, the guard included.
    setting.write({log.removal(user_key(pupil(5)), v1::KIND_USER, pupil(5)),
                   log.removal(user_key(pupil(6)), v1::KIND_USER, pupil(6)),
                   log.removal(user_key(pupil(7)), v1::KIND_USER, pupil(7)), log.user(pupil(32), "p32")});
    const Exit plan = setting.run({"--plan"});
    EXPECT_THAT(plan.out, HasSubstr("users             created              1\n"
                                    "users             held                 3\n"))
        << plan.err;
    EXPECT_EQ(setting.database().sql("SELECT count(*) FROM entstream.held"), "0") << "nothing was written";
}

}  // namespace
}  // namespace entstream::test
