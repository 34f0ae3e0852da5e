#include "bench/producer_latency/arrivals.hpp"

#include <stdexcept>

#include "common/kafka/log_reader.hpp"
#include "tests/support/wait.hpp"

namespace entstream::bench {

Arrivals::Arrivals(const test::ServersInfo& servers, const std::string& topic,
                   std::function<std::string(const kafka::Record&)> name_of)
    : name_of_(std::move(name_of)), thread_([this, servers, topic](const std::stop_token& stop) {
          kafka::LogReader reader(
              {.bootstrap_servers = servers.kafka_bootstrap, .topic_prefix = "entstream", .properties = {}}, topic, 0);
          while (!stop.stop_requested()) {
              if (const auto record = reader.poll(std::chrono::milliseconds(100))) {
                  const Moment now = std::chrono::steady_clock::now();
                  if (std::string name = name_of_(*record); !name.empty()) {
                      const std::scoped_lock lock(mutex_);
                      moments_.emplace(std::move(name), now);
                  }
              }
          }
      }) {}

std::vector<Moment> Arrivals::of(const std::vector<std::string>& names) {
    std::vector<Moment> result;
    for (const std::string& name : names) {
        const bool came = test::wait_until([&] {
            const std::scoped_lock lock(mutex_);
            return moments_.contains(name);
        });
        if (!came) {
            throw std::runtime_error("no record of " + name);
        }
        const std::scoped_lock lock(mutex_);
        result.push_back(moments_.at(name));
    }
    return result;
}

}  // namespace entstream::bench
