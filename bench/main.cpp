// `./dev bench [NAME...]`: one line per figure, `NAME figure value goal ok|short`; exit 1 if one is short.

#include <fmt/format.h>

#include <functional>
#include <iostream>
#include <map>

#include "bench/figure.hpp"
#include "bench/main_job/main_job.hpp"

int main(int argc, char** argv) {
    using entstream::bench::Figure;
    const std::map<std::string, std::function<std::vector<Figure>()>> benches = {
        {"main-job", entstream::bench::main_job}};
    std::vector<std::string> names(argv + 1, argv + argc);
    if (names.empty()) {
        for (const auto& [name, bench] : benches) {
            names.push_back(name);
        }
    }
    for (const std::string& name : names) {
        if (!benches.contains(name)) {
            std::cerr << "bench: there is no '" << name << "'. There are:";
            for (const auto& [known, bench] : benches) {
                std::cerr << ' ' << known;
            }
            std::cerr << '\n';
            return 2;
        }
    }
    bool all_ok = true;
    for (const std::string& name : names) {
        try {
            for (const Figure& figure : benches.at(name)()) {
                std::cout << fmt::format("{} {} {:.3f} {:.3f} {}\n", name, figure.name, figure.value, figure.goal,
                                         figure.ok() ? "ok" : "short");
                all_ok = all_ok && figure.ok();
            }
        } catch (const std::exception& error) {
            std::cerr << "bench " << name << ": " << error.what() << '\n';
            all_ok = false;
        }
    }
    return all_ok ? 0 : 1;
}
