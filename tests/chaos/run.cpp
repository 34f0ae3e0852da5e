#include "tests/chaos/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>
#include <thread>

#include "tests/chaos/kinds.hpp"

namespace entstream::chaos {

namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds look_interval{100};
constexpr std::size_t most_lines = 12;
constexpr std::size_t log_tail = 12000;

struct Tally {
    int rounds = 0;
    int healed = 0;
    double longest = 0;  ///< seconds from the end of the fault
};

double seconds_since(steady_clock::time_point start) {
    return duration<double>(steady_clock::now() - start).count();
}

std::vector<Kind> chosen_kinds(const std::string& only) {
    std::vector<Kind> kinds = all_kinds();
    std::erase_if(kinds, [&](const Kind& kind) { return kind.name.find(only) == std::string::npos; });
    return kinds;
}

/// Each kind once before one comes twice, in an order that the seed gives.
std::vector<std::size_t> plan(std::size_t kinds, const Options& options) {
    Random random(options.seed);
    std::vector<std::size_t> result;
    while (result.size() < options.faults) {
        std::vector<std::size_t> all(kinds);
        for (std::size_t i = 0; i < kinds; ++i) {
            all[i] = i;
        }
        random.shuffle(all);
        result.insert(result.end(), all.begin(), all.end());
    }
    result.resize(options.faults);
    return result;
}

class Run {
  public:
    explicit Run(const Options& options)
        : options_(options),
          kinds_(chosen_kinds(options.only)),
          oracle_(system_.servers()),
          writer_(system_.servers(), oracle_) {}

    int all() {
        fmt::print("chaos: seed {}, {} faults of {} kinds\n", options_.seed, options_.faults, kinds_.size());
        rebuild();
        int failed = 0;
        const auto order = plan(kinds_.size(), options_);
        for (std::size_t number = 0; number < order.size(); ++number) {
            if (!one(kinds_[order[number]], number)) {
                ++failed;
                if (number + 1 < order.size()) {
                    rebuild();
                }
            }
        }
        print_table();
        fmt::print("{} faults, {} healed, {} not; the programs were started again {} times\n", order.size(),
                   order.size() - static_cast<std::size_t>(failed), failed,
                   system_.producer().restarts() + system_.consumer().restarts());
        return failed == 0 ? 0 : 1;
    }

    void leave_up() {
        fmt::print("kept: {} (Ctrl-C or Enter ends it)\n", system_.servers().dir);
        std::fflush(stdout);
        std::getchar();
    }

  private:
    void rebuild() {
        oracle_.forget();
        system_.rebuild();
        Random random(options_.seed);
        writer_.prepare(random);
        try {
            settle();
        } catch (const std::exception&) {
            fmt::print("chaos: a fresh system does not come up; logs of both programs: {}\n", write_log("start", 0));
            throw;
        }
    }

    /// \throws std::runtime_error the differences that stay
    void settle() {
        const auto deadline = steady_clock::now() + std::chrono::seconds(options_.patience_s);
        bool witnessed = false;
        std::vector<std::string> lines = {"the witness could not be written"};
        while (steady_clock::now() < deadline) {
            system_.supervise();
            witnessed = witnessed || writer_.write_witness();
            if (witnessed) {
                try {
                    lines = oracle_.differences();
                } catch (const std::exception& error) {
                    lines = {std::string("cannot compare: ") + error.what()};
                }
                if (lines.empty()) {
                    oracle_.remember_rows();
                    return;
                }
            }
            std::this_thread::sleep_for(look_interval);
        }
        std::string text = fmt::format("Moodle still differs after {} s:", options_.patience_s);
        for (std::size_t i = 0; i < std::min(lines.size(), most_lines); ++i) {
            text += "\n      " + lines[i];
        }
        if (lines.size() > most_lines) {
            text += fmt::format("\n      ... and {} more", lines.size() - most_lines);
        }
        throw std::runtime_error(text);
    }

    bool one(const Kind& kind, std::size_t number) {
        constexpr std::uint64_t spread = 1'000'003;
        Random random(options_.seed * spread + number);
        Round round{.system = system_,
                    .writer = writer_,
                    .random = random,
                    .longest_hold = milliseconds(options_.longest_hold_ms),
                    .settle = [this] { settle(); }};
        Tally& tally = tallies_[kind.name];
        ++tally.rounds;
        fmt::print("{:4}  {:<46}", number + 1, kind.name);
        std::fflush(stdout);
        const auto begun = steady_clock::now();
        try {
            kind.run(round);
            const auto over = steady_clock::now();
            settle();
            const double took = seconds_since(over);
            ++tally.healed;
            tally.longest = std::max(tally.longest, took);
            fmt::print("healed after {:5.1f} s (fault {:5.1f} s)\n", took, duration<double>(over - begun).count());
            std::fflush(stdout);
            return true;
        } catch (const std::exception& error) {
            const std::string log = write_log(kind.name, number + 1);
            fmt::print(
                "NOT HEALED\n      seed {}, fault {}, after {:.0f} s: {}\n      logs of both programs: {}\n"
                "      to repeat: ./dev chaos --seed {} --faults {}{}\n",
                options_.seed, number + 1, seconds_since(begun), error.what(), log, options_.seed, number + 1,
                options_.only.empty() ? "" : " --only '" + options_.only + "'");
            std::fflush(stdout);
            return false;
        }
    }

    std::string write_log(const std::string& what, std::size_t number) {
        std::string name = fmt::format("chaos-{}-{}-{}.log", options_.seed, number, what);
        std::replace_if(
            name.begin(), name.end(), [](char c) { return c == ' ' || c == ','; }, '_');
        const auto tail = [](const std::string& text) {
            return text.size() > log_tail ? text.substr(text.size() - log_tail) : text;
        };
        const auto file = std::filesystem::temp_directory_path() / name;
        std::ofstream(file) << "--- producer\n"
                            << tail(system_.producer().log()) << "--- consumer\n"
                            << tail(system_.consumer().log());
        return file.string();
    }

    void print_table() const {
        fmt::print("\n  {:<46} {:>6} {:>6} {:>12}\n", "kind", "rounds", "healed", "longest (s)");
        for (const auto& [name, tally] : tallies_) {
            fmt::print("  {:<46} {:>6} {:>6} {:>12.1f}\n", name, tally.rounds, tally.healed, tally.longest);
        }
    }

    Options options_;
    std::vector<Kind> kinds_;
    System system_;
    Oracle oracle_;
    Writer writer_;
    std::map<std::string, Tally> tallies_;
};

}  // namespace

int run(const Options& options) {
    const auto kinds = chosen_kinds(options.only);
    if (kinds.empty()) {
        fmt::print(stderr, "chaos: no kind has '{}' in its name. Remedy: --list\n", options.only);
        return 2;
    }
    if (options.list) {
        for (const std::size_t kind : plan(kinds.size(), options)) {
            fmt::print("{}\n", kinds[kind].name);
        }
        return 0;
    }
    Run run(options);
    const int status = run.all();
    if (options.keep) {
        run.leave_up();
    }
    return status;
}

}  // namespace entstream::chaos
