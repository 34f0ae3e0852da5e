#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/model/topics.hpp"
#include "common/model/uuid.hpp"
#include "consumer/delta.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/map/trace.hpp"
#include "consumer/merge/whereabouts.hpp"
#include "entstream/v1/change.pb.h"

/// What the mapping makes of a record, and how it comes to that, in words: for `explain` and for traces. Holds personal
/// data.
namespace entstream::consumer::app {

/// What became of a field.
struct MappedValue {
    std::string name;                  ///< of the trace's field
    std::string column;                ///< of Moodle; empty: it is none
    std::optional<std::string> value;  ///< nullopt: the mapping gives none
};

/// An entry as the mapping sees it.
struct MappedEntry {
    map::Trace trace;
    bool present{};
    std::string problem;
    std::vector<MappedValue> values;
    std::vector<CohortDelta> cohorts;  ///< that a person's attributes name

    /// nullptr: the field is only a step on the way to others.
    [[nodiscard]] const MappedValue* value_of(const map::Trace::Field& field) const;
};

/// Maps the entry of a record (user, group or role object), and writes down how.
MappedEntry map_traced(const map::Mapper& mapper, KeyKind kind, const Uuid& uuid, Offset offset,
                       const v1::Change& change);

/// "source rennes, offset 17, UPDATE, LIVE"
std::string describe_record(const std::string& source, Offset offset, const v1::Change& change);

/// What is to be said of the entry as a whole: that it is not selected, or cannot be mapped in full, and why; empty:
/// nothing.
std::string describe_outcome(const MappedEntry& mapped);

/// A field with its value: `city = "Rennes", Moodle has "Brest"`. \param object  what Moodle has, by columns; empty:
/// not known
std::string describe_field(const map::Trace::Field& field, const MappedEntry& mapped, const merge::Facts& object);

}  // namespace entstream::consumer::app
