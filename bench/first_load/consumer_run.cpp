#include "bench/first_load/consumer_run.hpp"

#include <pqxx/pqxx>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "bench/figure.hpp"
#include "bench/memory.hpp"
#include "bench/processor_time.hpp"

namespace entstream::bench {

namespace {

constexpr double patience_with_consumer_seconds = 1200;

/// 0 while there is none.
std::int64_t stored_position(pqxx::connection& database) {
    pqxx::nontransaction work(database);
    if (work.exec1("SELECT to_regclass('entstream.position') IS NULL")[0].as<bool>()) {
        return 0;
    }
    return work.exec1("SELECT coalesce(max(next_offset), 0) FROM entstream.position")[0].as<std::int64_t>();
}

}  // namespace

ConsumerRun apply_log(const test::ServersInfo& servers, test::Pipeline& pipeline, const RegionLog& log,
                      const std::function<void(const test::Process&)>& started, const std::function<void()>& ending) {
    pqxx::connection database(servers.conninfo());
    const Stopwatch watch;
    pipeline.start_consumer();
    if (started) {
        started(pipeline.consumer());
    }
    ConsumerRun run;
    for (std::int64_t position = 0; position < log.end;) {
        if (!pipeline.consumer().running() || watch.seconds() > patience_with_consumer_seconds) {
            throw std::runtime_error("waiting for the consumer:\n" + pipeline.consumer().err());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        position = stored_position(database);
        const double now = watch.seconds();
        for (const auto& [end, mark] : {std::pair(log.users_end, &run.users), std::pair(log.members_end, &run.members),
                                        std::pair(log.end, &run.everything)}) {
            if (*mark == 0 && position >= end) {
                *mark = now;
            }
        }
    }
    run.megabytes = memory_of(pipeline.consumer().pid(), "VmHWM");
    run.processor_seconds = processor_time_of(pipeline.consumer().pid());
    if (ending) {
        ending();
    }
    pipeline.stop();
    return run;
}

}  // namespace entstream::bench
