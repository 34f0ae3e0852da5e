#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/model/topics.hpp"
#include "common/model/uuid.hpp"
#include "consumer/delta.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/read/decode.hpp"
#include "consumer/read/log_record.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream::consumer::read {

/// The newest record of an entry.
struct FoundEntry {
    Uuid uuid;
    KeyKind kind{};  ///< user, group or role
    Offset offset{};
    v1::Change change;
    bool is_meant{};  ///< the record itself has the name that was asked for; false: only a former one had it
};

/// Finds an entry on a log by UUID, by DN, or, a person, by the username that the mapping gives: looks at every record
/// in the order of the log, and keeps the newest one of each entry that ever had that name.
class EntryFinder {
  public:
    /// \param mapper  must live longer
    /// \param whom    UUID, DN or username, in any case
    /// \param known   other entries that are meant: accounts of Moodle have them by that name
    EntryFinder(const map::Mapper& mapper, const std::string& whom, const std::vector<Uuid>& known);

    void look_at(const LogRecord& record);

    /// Those that have the name now; if there are none, those that had it once.
    [[nodiscard]] std::vector<FoundEntry> found() const;

  private:
    /// Whether the record that was decoded last is of an entry that is meant.
    [[nodiscard]] bool has_the_name() const;

    const map::Mapper* mapper_;
    std::string whom_;               ///< in lower case
    std::optional<std::string> dn_;  ///< normalised; nullopt: it is no DN
    std::optional<Uuid> uuid_;
    std::set<Uuid> known_;
    DecodedRecord record_;
    std::unordered_map<Uuid, FoundEntry> entries_;
};

}  // namespace entstream::consumer::read
