#pragma once

#include <memory>
#include <string>

#include "common/metrics/health.hpp"
#include "common/metrics/metrics.hpp"
#include "common/metrics/metrics_config.hpp"

namespace entstream::metrics {

/// Answers over HTTP, in threads of its own: /metrics (Prometheus), /healthz (200: alive, 503: the main loop hangs),
/// /readyz (200: running, 503: what it waits for); the last two in JSON. Everything else is 404. With a password, who
/// does not know it gets 401, whatever he asks for.
class Server {
  public:
    /// Listens from now on; both references outlive the object. \pre config.listen is not empty and was checked
    /// \throws runtime::ProgramError  config: the port is in use or forbidden, or the certificate cannot be used
    Server(const MetricsConfig& config, const Metrics& metrics, const Health& health);
    /// Answers what was asked before (two seconds at the most), and ends.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Where it listens: http://127.0.0.1:9464, or https.
    [[nodiscard]] const std::string& url() const;

  private:
    class Listener;
    std::unique_ptr<Listener> listener_;
};

}  // namespace entstream::metrics
