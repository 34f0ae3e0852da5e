#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/model/uuid.hpp"
#include "consumer/delta.hpp"
#include "consumer/merge/counts.hpp"

/// A replay applies a log to a Moodle once more, or a part of it, beside the process that serves it.
namespace entstream::consumer::merge {

/// The lock of a cohort is its component: Moodle lets nobody edit a cohort that has one.
enum class CohortLock {
    keep,     ///< as each cohort has it
    release,  ///< cleared, and stays so: also what follows on the log does not set it
    set,      ///< ours again
};

/// What of a log a replay looks at, and how.
struct ReplayScope {
    bool users{};
    bool cohorts{};  ///< with their members
    bool roles{};    ///< role objects and what they give
    /// Records of the version that was applied are examined again, and rows of Moodle compared with what entstream's
    /// tables say they are to be. Older records are never applied over newer ones.
    bool force{};
    /// Rows are not compared; of members too only those are examined again whose records are given.
    bool by_records{};
    /// The log is given from its start, all of it: what is linked and not on it goes, by the policies and through the
    /// guard. With force and by_records only.
    bool whole{};
    /// With `whole`: the log is another one than was applied, or is mapped in another way. All of it counts as newer
    /// than what is here, as after begin_rebuild().
    bool anew{};
    bool update_only{};  ///< nothing is created, adopted, or removed but members between linked users
    /// Of the cohorts that are looked at, what else the replay does: all of them, whatever of the log it looks at. A
    /// component that is neither ours nor local_ent_installer's is not released.
    CohortLock lock{};
    /// Only this object, with what hangs on it; at most one is set.
    std::optional<Uuid> person{};
    std::optional<Uuid> cohort{};  ///< a group, or a cohort from attributes of people
    std::optional<Uuid> role_object{};

    /// Whether rows of Moodle are compared with entstream's tables, at all and which. A single cohort has no role
    /// assignments, and those of a role object are looked at with the object.
    [[nodiscard]] bool compares_rows() const { return force && (whole || !by_records); }
    [[nodiscard]] bool compares_members() const { return compares_rows() && cohorts && !role_object; }
    [[nodiscard]] bool compares_roles() const { return compares_rows() && roles && !cohort && !role_object; }

    [[nodiscard]] bool is_single() const { return person || cohort || role_object; }
};

/// Takes out of a batch what the scope leaves out.
/// \param applied  first offset that the target has not applied: of the records before it a forced replay needs no
///                 members, for entstream.membership has them
void keep_scope(Batch& batch, const ReplayScope& scope, Offset applied);

/// A condition that chooses a single object, if there is one.
std::string only(const char* column, const std::optional<Uuid>& uuid);

/// A piece of a plan that is to be carried out: JSON, a row of sql/plan/units.sql. Has personal data.
using ReplayUnit = std::string;

/// How many removals a plan has, for the guard.
struct ReplayRemovals {
    std::int64_t users{};
    std::int64_t cohorts{};
    std::int64_t members{};
    std::int64_t role_assignments{};
};

}  // namespace entstream::consumer::merge
