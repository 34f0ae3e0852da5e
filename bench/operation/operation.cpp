#include "bench/operation/operation.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>

#include "bench/first_load/consumer_run.hpp"
#include "bench/first_load/region_log.hpp"
#include "tests/support/scrape.hpp"
#include "tests/support/server_set.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::bench {

namespace {

constexpr double most_overhead = 0.05;
constexpr int pairs = 5;

/// Variables of this process, which its children get, until its end.
class Variables {
  public:
    explicit Variables(std::map<std::string, std::string> values) : values_(std::move(values)) {
        for (const auto& [name, value] : values_) {
            ::setenv(name.c_str(), value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): no other thread yet
        }
    }
    ~Variables() {
        for (const auto& [name, value] : values_) {
            ::unsetenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): as above
        }
    }
    Variables(const Variables&) = delete;
    Variables& operator=(const Variables&) = delete;

  private:
    std::map<std::string, std::string> values_;
};

ConsumerRun load_with_metrics(const test::ServersInfo& servers, test::Pipeline& pipeline, const RegionLog& log) {
    const Variables all({{"ENTSTREAM_METRICS_LISTEN", "127.0.0.1:0"}, {"ENTSTREAM_LOG_FORMAT", "json"}});
    std::size_t scrapes = 0;
    std::jthread reader;
    const ConsumerRun run = apply_log(
        servers, pipeline, log,
        [&](const test::Process& consumer) {
            reader = std::jthread([&consumer, &scrapes](const std::stop_token& stop) {
                while (!stop.stop_requested()) {
                    try {
                        static_cast<void>(test::Scrape::of(consumer));
                    } catch (const std::runtime_error& error) {
                        std::cerr << "operation: " << error.what() << '\n';
                        return;
                    }
                    ++scrapes;
                    std::this_thread::sleep_for(std::chrono::seconds(1));
                }
            });
        },
        [&] {
            reader.request_stop();
            reader.join();
        });
    std::cerr << fmt::format("operation: the metrics were read {} times\n", scrapes);
    return run;
}

std::vector<Figure> measure_operation(int persons) {
    const test::TempDir dir;
    const test::ServerSet server_set(test::ServerSet::Disk::waited_for);
    const test::ServersInfo servers = test::ServersInfo::from(server_set.environment());
    const test::RegionOptions region{.schools = 0, .people = persons, .seed = 1};
    test::Pipeline pipeline(servers, "operation", dir.path());
    const RegionLog log = publish_region(servers, pipeline, region, dir.path());
    server_set.stop("ldap");

    std::vector<double> overheads;
    for (int pair = 0; pair < pairs; ++pair) {
        test::load_moodle(servers, region, dir.path());
        const ConsumerRun with = load_with_metrics(servers, pipeline, log);
        test::load_moodle(servers, region, dir.path());
        const Variables none({{"ENTSTREAM_METRICS_LISTEN", ""}, {"ENTSTREAM_LOG_LEVEL", "error"}});
        const ConsumerRun without = apply_log(servers, pipeline, log);
        overheads.push_back(with.processor_seconds / without.processor_seconds - 1);
        const double records = static_cast<double>(log.end) / 1e6;
        std::cerr << fmt::format("operation pair {}: microseconds a record: {:.2f} with, {:.2f} without ({:+.1f} %)\n",
                                 pair + 1, with.processor_seconds / records, without.processor_seconds / records,
                                 overheads.back() * 100);
    }
    return {{"processor_time_of_metrics_and_logs", median(overheads), most_overhead}};
}

}  // namespace

std::vector<Figure> operation() {
    return measure_operation(100000);
}

std::vector<Figure> operation_of_10000() {
    return measure_operation(10000);
}

}  // namespace entstream::bench
