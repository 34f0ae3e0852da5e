#include "common/metrics/monitoring.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "common/metrics/process.hpp"

namespace entstream::metrics {

namespace {

CertificateFiles with_own(CertificateFiles certificates, const MetricsConfig& config) {
    certificates.emplace_back(CertificateUse::metrics, config.cert_file);
    return certificates;
}

}  // namespace

Monitoring::Monitoring(Program program, const MetricsConfig& config, CertificateFiles certificates)
    : metrics_(program),
      health_(metrics_),
      process_(collect_process(metrics_)),
      certificates_(collect_certificates(metrics_, with_own(std::move(certificates), config))) {
    if (!config.listen.empty()) {
        server_ = std::make_unique<Server>(config, metrics_, health_);
        spdlog::info("metrics: {}/metrics", server_->url());
    }
}

}  // namespace entstream::metrics
