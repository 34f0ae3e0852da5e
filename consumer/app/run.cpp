#include "consumer/app/run.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "common/config/help.hpp"
#include "common/log/log.hpp"
#include "common/metrics/monitoring.hpp"
#include "common/runtime/command_line.hpp"
#include "consumer/app/check.hpp"
#include "consumer/app/consumer.hpp"
#include "consumer/app/explain.hpp"
#include "consumer/app/held.hpp"
#include "consumer/app/planning.hpp"
#include "consumer/consumer_config.hpp"
#include "consumer/map/default_mapping.hpp"

namespace entstream::consumer::app {

namespace {

struct Options {
    std::filesystem::path config;
    bool print_mapping = false;
    bool check = false;
    bool check_config = false;
    bool once = false;
    std::string explain;
    bool held = false;
    bool plan = false;
    bool json = false;
    std::vector<std::string> approve;
    std::vector<std::string> reject;
};

void describe(CLI::App& command_line, Options& options) {
    command_line.add_flag("--print-mapping", options.print_mapping,
                          "Print the mapping that is used where the configuration file says nothing, as TOML");
    command_line.add_flag("--check", options.check, "Check configuration and servers, write nothing, and exit");
    command_line.add_flag("--check-config", options.check_config, "Check the configuration, ask no server, and exit");
    command_line
        .add_option(
            "--explain", options.explain,
            "Print where what Moodle has of a person, group or role object comes from, what waits and why; write "
            "nothing, and exit. The output has personal data")
        ->type_name("UUID|USERNAME|DN");
    auto* once =
        command_line.add_flag("--once", options.once, "Exit when everything that is on the logs now is applied");
    auto* plan =
        command_line.add_flag("--plan", options.plan, "Print what would be done to Moodle, write nothing, and exit");
    auto* held = command_line.add_flag("--held", options.held, "Print the removals that the guard holds, and exit");
    command_line.add_flag("--json", options.json, "With --plan and --held: one JSON object a line");
    auto* approve = command_line.add_option(
        "--approve", options.approve,
        "Let go on what waits: start (the first start on a Moodle that has people); adopt or adopt=UUID (what is "
        "found, where [users.adopt], [cohorts.adopt] or [roles.adopt] asks: of all, or of a person or group); what the "
        "guard holds, where it is still wanted: held (all), held=user, held=cohort, "
        "held=member, held=role_assignment, or UUIDs of persons and groups. Works beside a running consumer");
    auto* reject = command_line.add_option("--reject", options.reject,
                                           "Do not do what the guard holds: the objects stay until they change again; "
                                           "values as for --approve held");
    approve->check(
        [](const std::string& value) { return is_plan_choice(value) ? std::string() : check_held_choice(value); });
    reject->check(check_held_choice);
    for (CLI::Option* decision : {approve, reject}) {
        decision->excludes(once)->excludes(held)->excludes(plan);
    }
    approve->excludes(reject);
    plan->excludes(held)->excludes(once);
}

metrics::CertificateFiles certificates_of(const ConsumerConfig& config) {
    auto files = metrics::kafka_certificates(config.kafka.properties);
    files.emplace_back(metrics::CertificateUse::database_ca, config.database.ca_file);
    files.emplace_back(metrics::CertificateUse::database_client, config.database.cert_file);
    return files;
}

}  // namespace

runtime::ExitCode run(int argc, char** argv, const runtime::StopSignal& stop) {
    Options options;
    runtime::CommandLine command_line(
        "entstream-consumer", "Applies the changes of academic directories, read from Kafka, to Moodle's database.",
        [](config::HelpFormat format) { return config_help(format); });
    describe(command_line.app(), options);
    if (const auto done = command_line.parse(argc, argv)) {
        return *done;
    }
    if (options.print_mapping) {
        std::cout << map::default_mapping_toml();
        return runtime::ExitCode::ok;
    }
    const ConsumerConfig config = load_config(command_line.config_file());
    log::set_up(
        config.log, "entstream-consumer",
        {.source = config.sources.size() == 1 ? config.sources.front() : std::string(), .target = config.target});
    for (const std::string& warning : config.warnings) {
        spdlog::warn("{}", warning);
    }
    if (options.check_config) {
        return runtime::ExitCode::ok;
    }
    if (options.check) {
        check_servers(config);
        return runtime::ExitCode::ok;
    }
    if (!options.explain.empty()) {
        return explain(config, options.explain, std::cout);
    }
    if (options.plan) {
        return print_plan(config, options.json, stop, std::cout);
    }
    if (options.held) {
        return print_held(config, options.json, std::cout);
    }
    if (!options.approve.empty()) {
        return approve(config, options.approve, stop, std::cout);
    }
    if (!options.reject.empty()) {
        return reject_held(config, options.reject, stop, std::cout);
    }
    metrics::MetricsConfig monitored = config.metrics;
    if (options.once) {
        monitored.listen.clear();  // it may run beside the consumer that has the port
    }
    metrics::Monitoring monitoring(metrics::Program::consumer, monitored, certificates_of(config));
    Consumer(config, stop, monitoring).run(options.once ? Consumer::Until::end_of_log : Consumer::Until::stopped);
    return runtime::ExitCode::ok;
}

}  // namespace entstream::consumer::app
