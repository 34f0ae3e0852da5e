#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

#include "tests/chaos/run.hpp"

namespace {

int run_command(int argc, char** argv) {
    entstream::chaos::Options options;
    CLI::App app(
        "Injects random faults into a running system and compares Moodle with the directory after each.\n"
        "Exit status: 0 all healed, 1 not, 2 wrong usage.");
    app.add_option("--seed", options.seed, "The same seed gives the same faults in the same order (1).");
    app.add_option("--faults", options.faults, "How many (20).");
    app.add_option("--only", options.only, "Only kinds with this in their name.");
    app.add_option("--longest-hold", options.longest_hold_ms, "Milliseconds that a fault may last at most (20000).");
    app.add_option("--patience", options.patience_s, "Seconds to heal, then the round has failed (90).");
    app.add_flag("--keep", options.keep, "Leaves the servers up at the end, until Enter.");
    app.add_flag("--list", options.list, "Lists the kinds of the faults, in their order, and ends.");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return entstream::chaos::run(options);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run_command(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "chaos: %s\n", error.what());  // NOLINT(cppcoreguidelines-pro-type-vararg): does not throw
        return 1;
    }
}
