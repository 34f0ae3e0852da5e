#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "common/runtime/stop_signal.hpp"
#include "producer/producer_config.hpp"
#include "replay/progress.hpp"

namespace entstream::replay {

/// What the directory says and a log does not.
struct DirectoryDifference {
    std::string key;        ///< of the record that the log lacks: user/<uuid>, member/<uuid>/<hash>
    std::string kind;       ///< user, group, role, member
    std::string operation;  ///< create, update or delete: what a producer would publish
};

struct DirectoryComparison {
    std::map<std::pair<std::string, std::string>, std::int64_t> differences;  ///< by kind and operation
    std::int64_t compared{};                                                  ///< entries of the directory
    std::int64_t moved{};  ///< differed at first, but the producer has published them meanwhile
    /// How long the log was behind the directory at the end; nullopt: the producer has not said that it is not.
    std::optional<std::chrono::seconds> behind;
    bool stopped{};  ///< told to stop: the rest says nothing

    [[nodiscard]] bool agrees() const { return differences.empty(); }
};

/// Compares a whole directory with the log of its source, as a reconcile of the producer does, but publishes nothing:
/// reads both topics and the directory, beside a producer or while none runs. What changes meanwhile is no difference:
/// the producer is given time to publish it.
///
/// \param config    of the producer: its searches, server and rights
/// \param patience  how long the producer has to say that it has published what the directory had when it was read
/// \param take      gets each difference; may be empty
/// \throws runtime::ProgramError  the directory cannot be read to its end, or the log is of no use
/// \throws kafka::Error, ldap::LdapError
DirectoryComparison compare_with_directory(const producer::ProducerConfig& config, std::chrono::milliseconds patience,
                                           const runtime::StopSignal& stop, Progress& progress,
                                           const std::function<void(const DirectoryDifference&)>& take);

}  // namespace entstream::replay
