#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "consumer/app/recovery.hpp"
#include "consumer/app/target.hpp"
#include "consumer/read/dead_letters.hpp"
#include "consumer/read/log_record.hpp"

namespace entstream::consumer::app {

/// Calls its last argument with the record at an offset of a topic. \returns false: compaction has removed it, because
/// a later record says more
using FetchRecord =
    std::function<bool(const std::string& topic, Offset offset, const std::function<void(const read::LogRecord&)>&)>;

/// Brings batches into the target whatever happens: outages are waited for, a commit of unknown outcome is looked up, a
/// batch that the database refuses for its data is halved until the one record is found, which goes to the dead
/// letters and waits in the target (Batch::refused).
class Applier {
  public:
    Applier(Target& target, Recovery& recovery, read::DeadLetters& dead_letters, FetchRecord fetch);

    /// Applies one batch; batches of a source follow each other without gaps. What was rejected while the batch was
    /// made is stored in the dead letters first. \param topic  where the batch's records stand \returns what was done
    /// (nothing where a lost answer hides it); nullopt: told to stop before it was done \throws merge::Fenced,
    /// merge::TargetError ...  what stops the program
    std::optional<merge::ApplySummary> apply(const Batch& batch, const std::string& topic);

    /// The sequence up to which a source is applied when the program starts.
    void start_at(const std::string& source, std::uint64_t last_sequence) { sequences_[source] = last_sequence; }

  private:
    std::optional<merge::ApplySummary> apply_stretch(const Batch& batch, const std::string& topic);
    std::optional<merge::ApplySummary> apply_parts(const Batch& batch, const std::string& topic,
                                                   const std::string& why);
    std::optional<merge::ApplySummary> reject(const Batch& batch, const std::string& topic, const std::string& why);
    [[nodiscard]] bool is_in(const Batch& batch);

    Target& target_;
    Recovery& recovery_;
    read::DeadLetters& dead_letters_;
    FetchRecord fetch_;
    std::map<std::string, std::uint64_t> sequences_;  ///< last one applied, by source
};

}  // namespace entstream::consumer::app
