// What Kafka's own tool, and so every tool that looks at consumer groups, sees of the consumer.

#include <gmock/gmock.h>

#include <sstream>
#include <string>
#include <vector>

#include "tests/integration/consumer/consumer_setting.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

const Uuid ana_of_lag_tools = Uuid::from_name("ana of the lag tools");

struct GroupLine {
    std::string offset;
    std::string end;
    std::string lag;
};

TEST(LagTools, SeeHowFarTheGroupIsAndHowFarItIsBehind) {
    ConsumerSetting setting;
    consumer::read::LogRecords& log = setting.records();
    setting.create_topic();
    setting.write({log.identity(1), log.user(ana_of_lag_tools, "ana1")});
    const std::string group = "entstream.moodle-" + setting.source();
    Exit exit;
    const auto look = [&] {
        exit = Process::run({source_path("deploy/dev/kafka_consumer_groups.sh").string(), "--bootstrap-server",
                             ConsumerSetting::kafka().bootstrap_servers, "--describe", "--group", group});
        GroupLine found;
        std::istringstream lines(exit.out);
        for (std::string line; std::getline(lines, line);) {
            std::istringstream words(line);
            std::string name;
            std::string topic;
            std::string partition;
            if (words >> name >> topic >> partition && name == group && topic == setting.topic()) {
                words >> found.offset >> found.end >> found.lag;
            }
        }
        return found;
    };

    const auto consumer = setting.start();
    // The mark of the transaction behind the last record is passed over too: nothing is behind.
    const std::string end = "3";
    EXPECT_TRUE(wait_until([&] { return look().lag == "0"; })) << exit.out << exit.err << consumer->err();
    EXPECT_EQ(look().offset, end) << exit.out;
    consumer->terminate();
    ASSERT_EQ(consumer->wait().status, 0);
    setting.write({log.user(ana_of_lag_tools, "ana2", v1::OPERATION_UPDATE)});
    const GroupLine behind = look();
    EXPECT_EQ(behind.offset, end) << exit.out << exit.err;
    EXPECT_EQ(behind.end, "5") << exit.out;
    EXPECT_EQ(behind.lag, "2") << exit.out;
}

}  // namespace
}  // namespace entstream::test
