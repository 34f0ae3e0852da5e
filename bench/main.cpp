// `./dev bench [NAME...]`: one line per figure, `NAME figure value goal ok|short`; exit 1 if one is short.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "bench/figure.hpp"
#include "bench/first_load/first_load.hpp"
#include "bench/first_load/redelivery.hpp"
#include "bench/main_job/main_job.hpp"
#include "bench/operation/operation.hpp"
#include "bench/producer_latency/producer_latency.hpp"
#include "bench/producer_memory/producer_memory.hpp"
#include "bench/refresh/refresh.hpp"
#include "bench/replay/dry_run.hpp"
#include "bench/replay/forced_resync.hpp"
#include "bench/replay/one_user.hpp"
#include "bench/replay/verification.hpp"

namespace {

using entstream::bench::Figure;

struct Bench {
    std::string name;
    std::function<std::vector<Figure>()> measure;
    bool by_name_only = false;  ///< takes long
};

const std::vector<Bench>& benches() {
    static const std::vector<Bench> all = {{"main-job", entstream::bench::main_job},
                                           {"first-load", entstream::bench::first_load},
                                           {"first-load-10k", entstream::bench::first_load_of_10000, true},
                                           {"redelivery", entstream::bench::redelivery},
                                           {"redelivery-10k", entstream::bench::redelivery_of_10000, true},
                                           {"producer-latency", entstream::bench::producer_latency},
                                           {"producer-memory", entstream::bench::producer_memory},
                                           {"producer-memory-1m", entstream::bench::producer_memory_of_a_million, true},
                                           {"refresh", entstream::bench::refresh},
                                           {"refresh-1m", entstream::bench::refresh_of_a_million, true},
                                           {"operation", entstream::bench::operation, true},
                                           {"operation-10k", entstream::bench::operation_of_10000, true},
                                           {"dry-run", entstream::bench::dry_run, true},
                                           {"dry-run-100k", entstream::bench::dry_run_of_100000},
                                           {"dry-run-10k", entstream::bench::dry_run_of_10000, true},
                                           {"forced-resync", entstream::bench::forced_resync},
                                           {"forced-resync-10k", entstream::bench::forced_resync_of_10000, true},
                                           {"one-user", entstream::bench::one_user, true},
                                           {"one-user-100k", entstream::bench::one_user_of_100000},
                                           {"one-user-10k", entstream::bench::one_user_of_10000, true},
                                           {"verification", entstream::bench::verification, true},
                                           {"verification-10k", entstream::bench::verification_of_10000, true}};
    return all;
}

/// \returns whether every goal is met
bool run(const Bench& bench) {
    bool all_ok = true;
    try {
        for (const Figure& figure : bench.measure()) {
            std::cout << fmt::format("{} {} {:.3f} {:.3f} {}\n", bench.name, figure.name, figure.value, figure.goal,
                                     figure.ok() ? "ok" : "short")
                      << std::flush;
            all_ok = all_ok && figure.ok();
        }
    } catch (const std::exception& error) {
        std::cerr << "bench " << bench.name << ": " << error.what() << '\n';
        all_ok = false;
    }
    return all_ok;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> names(argv + 1, argv + argc);
    std::vector<Bench> wanted;
    for (const Bench& bench : benches()) {
        if (names.empty() && !bench.by_name_only) {
            wanted.push_back(bench);
        }
    }
    for (const std::string& name : names) {
        const auto found =
            std::find_if(benches().begin(), benches().end(), [&](const Bench& bench) { return bench.name == name; });
        if (found == benches().end()) {
            std::cerr << "bench: there is no '" << name << "'. There are:";
            for (const Bench& bench : benches()) {
                std::cerr << ' ' << bench.name;
            }
            std::cerr << '\n';
            return 2;
        }
        wanted.push_back(*found);
    }
    bool all_ok = true;
    for (const Bench& bench : wanted) {
        all_ok = run(bench) && all_ok;
    }
    return all_ok ? 0 : 1;
}
