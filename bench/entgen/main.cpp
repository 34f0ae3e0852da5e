#include <CLI/CLI.hpp>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

#include "bench/entgen/directory.hpp"
#include "bench/entgen/moodle_sql.hpp"

namespace {

namespace entgen = entstream::entgen;

struct Options {
    entgen::RegionOptions region;
    std::string output;
    std::string prefix = "mdl_";
    bool moodle_sql = false;
    bool summary = false;
    bool entry_uuid = false;
};

void declare(CLI::App& app, Options& options) {
    app.description(
        "Writes the directory of an invented academic region as LDIF. The same seed and numbers give the same bytes.");
    app.footer("Exit status: 0 done, 1 the output cannot be written, 2 wrong option.");
    app.add_option("--seed", options.region.seed, "another region of the same size")->capture_default_str();
    auto* schools = app.add_option("--schools", options.region.schools, "number of schools, about 600 persons each")
                        ->check(CLI::Range(1, entgen::max_schools))
                        ->capture_default_str();
    app.add_option("--people", options.region.people, "exactly this many persons, in as many schools as needed")
        ->check(CLI::Range(std::int64_t{1}, entgen::max_people))
        ->excludes(schools);
    app.add_option("--base", options.region.base_dn, "suffix of the directory")->capture_default_str();
    app.add_option("--output", options.output, "file to write (default: standard output)");
    app.add_flag("--summary", options.summary, "print what the region holds, as JSON, on standard error");
    auto* uuid = app.add_flag("--entry-uuid", options.entry_uuid,
                              "add an entryUUID to each entry, always the same (slapadd takes it, ldapadd does not)");
    auto* sql = app.add_flag("--moodle-sql", options.moodle_sql,
                             "write instead the SQL of the Moodle categories and courses that the role objects name")
                    ->excludes(uuid);
    app.add_option("--prefix", options.prefix, "prefix of Moodle's tables")->capture_default_str()->needs(sql);
}

void generate(const Options& options, const entgen::Region& region, std::ostream& out) {
    if (options.moodle_sql) {
        entgen::write_moodle_sql(region, options.prefix, out);
    }
    if (!options.moodle_sql || options.summary) {
        const std::optional<std::uint64_t> uuid_seed = options.entry_uuid ? std::optional(region.seed()) : std::nullopt;
        entgen::LdifWriter writer(options.moodle_sql ? nullptr : &out, uuid_seed);
        const entgen::Summary summary = entgen::write_directory(region, writer);
        writer.flush();
        if (options.summary) {
            std::cerr << summary.to_json() << '\n';
        }
    }
    out.flush();
}

int run(const Options& options) {
    const entgen::Region region(options.region);
    if (options.moodle_sql) {
        entgen::check_prefix(options.prefix);  // before the output is emptied
    }
    if (options.output.empty()) {
        generate(options, region, std::cout);
        return EXIT_SUCCESS;
    }
    std::ofstream file(options.output, std::ios::binary | std::ios::trunc);
    if (!file) {
        throw std::runtime_error("cannot write '" + options.output + "': check that the folder exists and is yours");
    }
    generate(options, region, file);
    file.close();
    if (!file) {
        throw std::runtime_error("'" + options.output + "' is not complete: check the disk's free space");
    }
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    constexpr int wrong_option = 2;
    try {
        std::ios::sync_with_stdio(false);
        CLI::App app;
        Options options;
        declare(app, options);
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return app.exit(error) == 0 ? EXIT_SUCCESS : wrong_option;
        }
        return run(options);
    } catch (const std::invalid_argument& error) {
        std::cerr << "entgen: " << error.what() << '\n';
        return wrong_option;
    } catch (const std::exception& error) {
        std::cerr << "entgen: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
}
