#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "consumer/merge/target.hpp"

namespace entstream::consumer::merge {

/// What a sweep looks at, each in the order of the UUIDs.
enum class SweepPart : std::uint8_t {
    parked_users,
    parked_cohorts,
    cohort_categories,
    role_objects,
    role_candidates,
    enrolments,
    profile_values
};
inline constexpr std::array<SweepPart, 7> sweep_parts = {
    SweepPart::parked_users,    SweepPart::parked_cohorts, SweepPart::cohort_categories, SweepPart::role_objects,
    SweepPart::role_candidates, SweepPart::enrolments,     SweepPart::profile_values};

/// How far one part of a sweep has come. A portion is small, so that the live stream waits for a moment only, however
/// much waits; and it shrinks around what the database refuses, until that is alone and can be passed over.
class SweepPortion {
  public:
    static constexpr std::int64_t largest = 1000;

    [[nodiscard]] const std::string& after() const { return after_; }  ///< a UUID: up to there all was looked at
    [[nodiscard]] std::int64_t size() const { return size_; }
    [[nodiscard]] bool at_end() const { return at_end_; }

    /// So many were looked at, up to this UUID. \param frees_names  others may wait for names given up now: they are
    /// all looked at once more when the end is reached
    void passed(std::int64_t objects, const std::string& last, bool frees_names) {
        again_ = again_ || frees_names;
        if (objects < size_) {
            at_end_ = !again_;
            again_ = false;
            after_ = first;
        } else {
            after_ = last;
        }
        size_ = std::min(size_ * 2, largest);
    }

    /// One of so many was refused. \pre objects > 1
    void refused(std::int64_t objects) { size_ = objects / 2; }

  private:
    static constexpr const char* first = "00000000-0000-0000-0000-000000000000";

    std::string after_ = first;
    std::int64_t size_ = largest;
    bool again_ = false;
    bool at_end_ = false;
};

/// Where the sweep of one source stands.
struct SweepCursor {
    std::array<SweepPortion, sweep_parts.size()> portions;
    Counts counts;  ///< what this sweep has settled so far

    SweepPortion& operator[](SweepPart part) { return portions.at(static_cast<std::size_t>(part)); }
};

}  // namespace entstream::consumer::merge
