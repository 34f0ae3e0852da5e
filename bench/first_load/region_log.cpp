#include "bench/first_load/region_log.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "bench/figure.hpp"
#include "common/model/topics.hpp"
#include "entstream/v1/change.pb.h"
#include "tests/support/changes_log.hpp"

namespace entstream::bench {

namespace {

constexpr double patience_with_producer_seconds = 600;

RegionLog read_region(const test::ServersInfo& servers, const std::string& source) {
    RegionLog log;
    test::read_changes(servers, source, [&](const kafka::Record& record) {
        const std::int64_t behind = record.offset() + 1;
        log.end = behind;
        ParsedKey key;
        if (!parse_key(record.key(), key) || !record.value()) {
            return;
        }
        if (key.kind == KeyKind::user) {
            log.users_end = behind;
            ++log.users;
        } else if (key.kind == KeyKind::member) {
            v1::Change change;
            change.ParseFromArray(record.value()->data(), static_cast<int>(record.value()->size()));
            const int somebody = change.member().member_uuid().empty() ? 0 : 1;
            if (change.member().parent_kind() == v1::KIND_ROLE) {
                log.role_members += somebody;
            } else {
                log.members_end = behind;
                log.members += somebody;
            }
        }
    });
    return log;
}

}  // namespace

RegionLog publish_region(const test::ServersInfo& servers, test::Pipeline& pipeline, const test::RegionOptions& region,
                         const std::filesystem::path& dir) {
    test::load_directory(servers, region, dir);
    const Stopwatch watch;
    pipeline.start_producer();
    while (pipeline.producer().err().find("streaming: ") == std::string::npos) {
        if (!pipeline.producer().running() || watch.seconds() > patience_with_producer_seconds) {
            throw std::runtime_error("waiting for the producer:\n" + pipeline.producer().err());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    pipeline.stop();
    return read_region(servers, pipeline.source());
}

}  // namespace entstream::bench
