#pragma once

#include <memory>

#include "common/metrics/certificates.hpp"
#include "common/metrics/health.hpp"
#include "common/metrics/metrics.hpp"
#include "common/metrics/metrics_config.hpp"
#include "common/metrics/server.hpp"

namespace entstream::metrics {

/// What a running program tells of itself, and the server that tells it where the configuration wants one.
class Monitoring {
  public:
    /// Says in the log where it listens. \param certificates  those that the configuration names, but for the server's
    /// own \throws runtime::ProgramError  as Server
    Monitoring(Program program, const MetricsConfig& config, CertificateFiles certificates);

    [[nodiscard]] Metrics& metrics() { return metrics_; }
    [[nodiscard]] Health& health() { return health_; }

  private:
    Metrics metrics_;
    Health health_;
    Metrics::Collection process_;
    Metrics::Collection certificates_;
    std::unique_ptr<Server> server_;  ///< last: it asks the others
};

}  // namespace entstream::metrics
