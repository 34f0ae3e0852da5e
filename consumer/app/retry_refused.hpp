#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "consumer/app/target.hpp"
#include "consumer/map/mapper.hpp"

namespace entstream::consumer::app {

/// Tries again what the database refused for its data (entstream.refused): each record with pauses that double, up to
/// an hour, so that many of them do not keep the database busy at every sweep. A start tries all of them at once, and
/// the pauses begin anew.
///
/// Not thread-safe.
class RefusedRetries {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::hours longest_pause{1};

    /// \param first_pause  after the first try; that of the sweeps
    explicit RefusedRetries(std::chrono::milliseconds first_pause) : first_pause_(first_pause) {}

    /// Tries the records of this source that are due, by the mapping of today; those that are still refused go on
    /// waiting.
    /// \throws what Target::retry throws, but no permanent failures
    merge::Counts try_due(Target& target, const map::Mapper& mapper, const std::string& source, Clock::time_point now);

  private:
    struct Waiting {
        Offset version{};
        std::chrono::milliseconds pause{};
        Clock::time_point due{};
        bool seen = true;
    };
    using OfSource = std::map<std::string, Waiting>;  ///< by key

    /// \returns whether it is to be tried now; a next time is noted then
    bool take_due(OfSource& waiting, const RefusedRecord& record, Clock::time_point now) const;

    std::chrono::milliseconds first_pause_;
    std::map<std::string, OfSource> waiting_;  ///< by source
};

}  // namespace entstream::consumer::app
