#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/kafka/record.hpp"
#include "tests/support/servers_info.hpp"

namespace entstream::bench {

using Moment = std::chrono::steady_clock::time_point;

/// A reader of committed records in a thread of its own, which notes when each was there.
class Arrivals {
  public:
    /// \param name_of  names a record; empty: it is none of those that are waited for
    Arrivals(const test::ServersInfo& servers, const std::string& topic,
             std::function<std::string(const kafka::Record&)> name_of);

    /// When each of them came, in order; waits for those that have not. \throws std::runtime_error one does not come
    std::vector<Moment> of(const std::vector<std::string>& names);

  private:
    std::function<std::string(const kafka::Record&)> name_of_;
    std::mutex mutex_;
    std::map<std::string, Moment> moments_;
    std::jthread thread_;
};

}  // namespace entstream::bench
