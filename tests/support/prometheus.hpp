#pragma once

#include <optional>
#include <string>

#include "tests/support/pipeline.hpp"
#include "tests/support/servers_info.hpp"

namespace entstream::test {

/// The Prometheus of a set of servers (`servers.sh up --observe`), with the rules of deploy/prometheus.
class Prometheus {
  public:
    /// \throws std::runtime_error these servers have none
    explicit Prometheus(const ServersInfo& servers);

    [[nodiscard]] const std::string& url() const { return url_; }

    /// From now on it asks these two programs for their metrics, and nobody else. \pre pipeline.expose_metrics()
    void watch(const Pipeline& pipeline) const;

    struct Sample {
        double time{};  ///< when Prometheus evaluated the query; seconds since 1970
        double value{};
    };
    /// The only sample of a query, by promtool. Nothing if it gives none, or several. \throws std::runtime_error it is
    /// refused
    [[nodiscard]] std::optional<Sample> ask(const std::string& query) const;

  private:
    std::string dir_;
    std::string url_;
};

}  // namespace entstream::test
