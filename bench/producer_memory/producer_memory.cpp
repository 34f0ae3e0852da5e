#include "bench/producer_memory/producer_memory.hpp"

#include <fmt/format.h>

#include <iostream>

#include "bench/producer_run.hpp"
#include "tests/support/region.hpp"
#include "tests/support/server_set.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::bench {

namespace {

constexpr int million = 1000000;
constexpr double most_megabytes_of_a_million = 500;
constexpr double most_seconds_of_a_million = 17;

std::vector<Figure> measure_memory(int users) {
    const test::TempDir dir;
    const test::ServerSet server_set(test::ServerSet::Disk::not_waited_for);
    const test::ServersInfo servers = test::ServersInfo::from(server_set.environment());
    test::load_directory(servers, {.schools = 0, .people = users, .seed = 1}, dir.path());

    ProducerRun producer(servers, "memory", region_searches(), dir.path());
    const Stopwatch first;
    producer.start();
    producer.wait_until_committed();
    std::cerr << fmt::format("producer-memory: {} people published in {:.1f} s, {:.0f} MB, at most {:.0f} MB\n", users,
                             first.seconds(), producer.memory("VmRSS"), producer.memory("VmHWM"));
    producer.stop();

    const Stopwatch again;
    producer.start();
    producer.wait_until_streaming();
    const double seconds = again.seconds();
    const double highest = producer.memory("VmHWM");
    std::cerr << fmt::format("producer-memory: started again in {:.1f} s, {:.0f} MB, at most {:.0f} MB\n", seconds,
                             producer.memory("VmRSS"), highest);
    producer.stop();
    const double share = static_cast<double>(users) / million;
    return {{"restart_highest_megabytes", highest, most_megabytes_of_a_million * share},
            {"restart_seconds", seconds, most_seconds_of_a_million * share}};
}

}  // namespace

std::vector<Figure> producer_memory() {
    return measure_memory(million / 5);
}

std::vector<Figure> producer_memory_of_a_million() {
    return measure_memory(million);
}

}  // namespace entstream::bench
