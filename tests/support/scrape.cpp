#include "tests/support/scrape.hpp"

#include <httplib.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "tests/support/process.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {

namespace {

/// "http://127.0.0.1:40123", or nothing.
std::string address_in(const std::string& log) {
    const std::string before = "metrics: http";
    const std::size_t begin = log.find(before);
    const std::size_t end = begin == std::string::npos ? begin : log.find("/metrics", begin);
    return end == std::string::npos ? "" : log.substr(begin + before.size() - 4, end - begin - before.size() + 4);
}

}  // namespace

Scrape Scrape::of(const Process& program, const std::string& path) {
    std::string address;
    if (!wait_until([&] { return !(address = address_in(program.err())).empty(); })) {
        throw std::runtime_error("the program does not say where it has its metrics: " + program.err());
    }
    httplib::Client client(address);
    const auto answer = client.Get(path);
    if (!answer) {
        throw std::runtime_error(address + path + ": " + httplib::to_string(answer.error()));
    }
    Scrape scrape;
    scrape.text_ = answer->body;
    scrape.status_ = answer->status;
    return scrape;
}

double Scrape::operator()(const std::string& name, std::initializer_list<std::string> labels) const {
    std::istringstream lines(text_);
    std::string found;
    for (std::string line; std::getline(lines, line);) {
        const std::size_t end = line.find_first_of("{ ");
        const bool fits = line.substr(0, end) == name &&
                          std::all_of(labels.begin(), labels.end(),
                                      [&](const auto& label) { return line.find(label) != std::string::npos; });
        if (fits && !found.empty()) {
            throw std::runtime_error("several series fit: " + found.append(", ").append(line));
        }
        if (fits) {
            found = line;
        }
    }
    return found.empty() ? -1 : std::stod(found.substr(found.rfind(' ') + 1));
}

}  // namespace entstream::test
