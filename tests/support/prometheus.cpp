#include "tests/support/prometheus.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/support/process.hpp"

namespace entstream::test {

namespace {

/// Prometheus looks at the folder and reads a file that is moved into it at once.
void write_target(const std::filesystem::path& dir, const std::string& name, const std::string& address) {
    const std::filesystem::path fresh = dir / (name + ".new");
    std::ofstream(fresh) << "- targets: [\"" << address << "\"]\n";
    std::filesystem::rename(fresh, dir / "targets" / (name + ".yml"));
}

}  // namespace

Prometheus::Prometheus(const ServersInfo& servers) : dir_(servers.dir), url_(servers.prometheus_url) {
    if (url_.empty()) {
        throw std::runtime_error("these servers were started without --observe");
    }
}

void Prometheus::watch(const Pipeline& pipeline) const {
    const std::filesystem::path dir = std::filesystem::path(dir_) / "prometheus";
    write_target(dir, "producer", pipeline.producer_metrics());
    write_target(dir, "consumer", pipeline.consumer_metrics());
}

std::optional<Prometheus::Sample> Prometheus::ask(const std::string& query) const {
    const Exit answer = Process::run({"promtool", "query", "instant", "--format=json", url_, query});
    if (answer.status != 0) {
        throw std::runtime_error("promtool: " + query + ": " + answer.err);
    }
    const auto samples = nlohmann::json::parse(answer.out);
    if (samples.size() != 1) {
        return std::nullopt;
    }
    const auto& value = samples[0].at("value");
    return Sample{.time = value.at(0).get<double>(), .value = std::stod(value.at(1).get<std::string>())};
}

}  // namespace entstream::test
