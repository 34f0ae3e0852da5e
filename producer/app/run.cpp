#include "producer/app/run.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include <string>
#include <vector>

#include "common/config/help.hpp"
#include "common/kafka/client.hpp"
#include "common/log/log.hpp"
#include "common/metrics/monitoring.hpp"
#include "common/runtime/command_line.hpp"
#include "producer/app/ask.hpp"
#include "producer/app/check.hpp"
#include "producer/app/producer.hpp"
#include "producer/producer_config.hpp"

namespace entstream::producer::app {

namespace {

metrics::CertificateFiles certificates_of(const ProducerConfig& config) {
    auto files = metrics::kafka_certificates(config.kafka.properties);
    files.emplace_back(metrics::CertificateUse::ldap_ca, config.ldap.ca_file);
    files.emplace_back(metrics::CertificateUse::ldap_client, config.ldap.cert_file);
    return files;
}

}  // namespace

runtime::ExitCode run(int argc, char** argv, const runtime::StopSignal& stop) {
    runtime::CommandLine command_line("entstream-producer", "Publishes the changes of an academic directory to Kafka.",
                                      [](config::HelpFormat format) { return config_help(format); });
    bool check = false;
    bool check_config = false;
    command_line.app().add_flag("--check", check, "Check configuration and servers, write nothing, and exit");
    command_line.app().add_flag("--check-config", check_config, "Check the configuration, ask no server, and exit");
    std::vector<std::string> question;
    command_line.app()
        .add_option("--ask", question,
                    "Ask the running producer of this source and wait for its answer: reconcile [ENTRY | search NAME], "
                    "resync, republish ENTRY, approve [VIEW], purge DAYS|UUID. ENTRY is a UUID, a DN or a filter")
        ->expected(1, 3);
    if (const auto done = command_line.parse(argc, argv)) {
        return *done;
    }
    const ProducerConfig config = load_config(command_line.config_file());
    log::set_up(config.log, "entstream-producer", {.source = config.source, .target = {}});
    for (const std::string& warning : config.warnings) {
        spdlog::warn("{}", warning);
    }
    if (check_config) {
        static_cast<void>(kafka::make_conf(config.kafka, {}));  // librdkafka knows its properties
        return runtime::ExitCode::ok;
    }
    if (!question.empty()) {
        return ask(config, question, stop);
    }
    if (check) {
        check_servers(config);
    } else {
        metrics::Monitoring monitoring(metrics::Program::producer, config.metrics, certificates_of(config));
        Producer(config, stop, monitoring).run();
    }
    return runtime::ExitCode::ok;
}

}  // namespace entstream::producer::app
