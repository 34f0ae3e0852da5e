#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

struct rd_kafka_s;

namespace entstream::bench {

/// The peer: librdkafka's transactional producer with its own defaults, and nothing around it.
class BareLoop {
  public:
    /// \param topic  exists
    BareLoop(const std::string& bootstrap, std::string topic);

    /// One transaction.
    void write(const std::vector<std::string>& keys, const std::string& value);

  private:
    struct Destroy {
        void operator()(rd_kafka_s* client) const;
    };

    std::string topic_;
    std::unique_ptr<rd_kafka_s, Destroy> client_;
};

}  // namespace entstream::bench
