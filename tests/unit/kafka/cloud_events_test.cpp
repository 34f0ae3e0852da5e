#include "common/kafka/cloud_events.hpp"

#include <gmock/gmock.h>

#include <map>

namespace entstream::kafka {
namespace {

using ::testing::Contains;
using ::testing::Pair;

std::map<std::string, std::string> as_map(std::span<const Header> headers) {
    std::map<std::string, std::string> result;
    for (const Header& header : headers) {
        result.emplace(header.name, header.value);
    }
    return result;
}

TEST(CloudEvents, HasWhatCloudEventsWantsAndTheLogsIdentity) {
    CloudEvents events("rennes", "0f8fad5b-d9cb-469f-a165-70867728950e");
    const auto when = std::chrono::system_clock::time_point(std::chrono::microseconds(1790000000000042));
    const auto headers =
        as_map(events.headers(event_type(v1::KIND_MEMBER, v1::OPERATION_DELETE), 17, "member/a/b", when));
    const std::map<std::string, std::string> expected = {
        {"content-type", "application/protobuf"},
        {"ce_specversion", "1.0"},
        {"ce_source", "/entstream/rennes"},
        {"ce_id", "0f8fad5b-d9cb-469f-a165-70867728950e/17"},
        {"ce_type", "entstream.member.delete"},
        {"ce_time", "2026-09-21T14:13:20.000042Z"},
        {"ce_subject", "member/a/b"},
        {"entstream-log-id", "0f8fad5b-d9cb-469f-a165-70867728950e"},
        {"schema-version", "1"},
    };
    EXPECT_EQ(headers, expected);
}

TEST(CloudEvents, TimesWithinASecondAndBeyondItAreTold) {
    CloudEvents events("rennes", "log");
    const auto time_of = [&](std::int64_t microseconds) {
        const std::chrono::system_clock::time_point when{std::chrono::microseconds(microseconds)};
        return as_map(events.headers(heartbeat_event, 1, "meta/heartbeat", when)).at("ce_time");
    };
    EXPECT_EQ(time_of(1790000000999999), "2026-09-21T14:13:20.999999Z");
    EXPECT_EQ(time_of(1790000000000007), "2026-09-21T14:13:20.000007Z");
    EXPECT_EQ(time_of(1790000001000000), "2026-09-21T14:13:21.000000Z");
    EXPECT_EQ(time_of(1790000000500000), "2026-09-21T14:13:20.500000Z") << "a clock that was set back";
}

TEST(CloudEvents, RewritesWhatChangesFromRecordToRecord) {
    CloudEvents events("rennes", "log");
    events.headers(heartbeat_event, 123456, "meta/heartbeat", std::chrono::system_clock::now());
    const auto headers = as_map(events.headers(log_identity_event, 7, "meta/log", {}));
    EXPECT_THAT(headers, Contains(Pair("ce_id", "log/7")));
    EXPECT_THAT(headers, Contains(Pair("ce_type", "entstream.log.identity")));
    EXPECT_THAT(headers, Contains(Pair("ce_time", "1970-01-01T00:00:00.000000Z")));
    EXPECT_THAT(headers, Contains(Pair("ce_subject", "meta/log")));
}

}  // namespace
}  // namespace entstream::kafka
