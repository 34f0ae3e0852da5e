#include "common/metrics/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>

#include "common/log/log.hpp"
#include "common/runtime/version.hpp"

namespace entstream::metrics {

namespace {

/// When the process was started: /proc/self/stat has it in clock ticks since the machine was, /proc/stat when that was.
std::optional<double> start_time() {
    std::ifstream stat("/proc/self/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), std::istreambuf_iterator<char>());
    // The second field is the name in parentheses, which may hold anything.
    std::size_t at = text.rfind(')');
    constexpr int start_field = 22;
    for (int field = 2; field < start_field && at != std::string::npos; ++field) {
        at = text.find(' ', at + 1);
    }
    if (at == std::string::npos) {
        return std::nullopt;
    }
    const double ticks = std::stod(text.substr(at + 1));
    std::ifstream machine("/proc/stat");
    for (std::string word; machine >> word;) {
        if (double boot = 0; word == "btime" && machine >> boot) {
            return boot + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
        }
    }
    return std::nullopt;
}

std::optional<double> resident_memory() {
    std::ifstream statm("/proc/self/statm");
    double total = 0;
    double resident = 0;
    if (!(statm >> total >> resident)) {
        return std::nullopt;
    }
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double seconds_of_timeval(const timeval& time) {
    constexpr double microsecond = 1e-6;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * microsecond;
}

void collect(Samples& samples, Program program, const std::optional<double>& started) {
    samples.gauge<Id::build_info>(1, program, Version{std::string(runtime::version())});
    if (const auto memory = resident_memory()) {
        samples.gauge<Id::process_resident_memory>(*memory);
    }
    if (started) {
        samples.gauge<Id::process_start_time>(*started);
    }
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        samples.counter<Id::process_cpu>(seconds_of_timeval(usage.ru_utime) + seconds_of_timeval(usage.ru_stime));
    }
    std::error_code error;
    const std::filesystem::directory_iterator files("/proc/self/fd", error);
    if (!error) {
        // One of them is the folder itself, while it is read.
        samples.gauge<Id::process_open_fds>(static_cast<double>(std::distance(begin(files), end(files)) - 1));
    }
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        samples.gauge<Id::process_max_fds>(static_cast<double>(limit.rlim_cur));
    }
    const log::Lines lines = log::lines();
    for (std::size_t i = 0; i < levels; ++i) {
        samples.counter<Id::log_lines>(static_cast<double>(lines.written.at(i)), program, static_cast<Level>(i));
    }
    samples.counter<Id::log_lines_suppressed>(static_cast<double>(lines.left_out), program);
}

}  // namespace

Metrics::Collection collect_process(Metrics& metrics) {
    return metrics.at_scrape([program = metrics.program(), started = start_time()](Samples& samples) {
        collect(samples, program, started);
    });
}

}  // namespace entstream::metrics
