#include "bench/replay/replay_program.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <thread>

#include "bench/figure.hpp"
#include "bench/memory.hpp"
#include "tests/support/process.hpp"

namespace entstream::bench {

namespace {

/// Of children that have ended.
double cpu_of_children() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

ReplayProgram run_replay(const test::Pipeline& pipeline, const std::vector<std::string>& arguments,
                         const std::function<void()>& meanwhile) {
    std::vector<std::string> command = {test::program_path("entstream-replay").string(), "--config",
                                        pipeline.consumer_config().string()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    ReplayProgram run;
    const double before = cpu_of_children();
    const Stopwatch watch;
    test::Process program(command, pipeline.environment());
    while (program.running()) {
        meanwhile();
        try {
            run.megabytes = std::max(run.megabytes, memory_of(program.pid(), "VmHWM"));
        } catch (const std::exception&) {
            // It is ending: what was read last counts.
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    run.seconds = watch.seconds();
    run.cpu_seconds = cpu_of_children() - before;
    const test::Exit exit = program.wait();
    if (exit.status != 0) {
        throw std::runtime_error(
            fmt::format("entstream-replay ended with status {}:\n{}{}", exit.status, exit.out, exit.err));
    }
    run.out = exit.out;
    return run;
}

void expect_no_differences(const ReplayProgram& run) {
    if (run.out.find(" 0  differences\n") == std::string::npos) {
        throw std::runtime_error("entstream-replay found differences:\n" + run.out);
    }
}

}  // namespace entstream::bench
