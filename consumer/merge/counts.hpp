#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// What was done to a Moodle, or would be.
namespace entstream::consumer::merge {

/// What a count is about.
enum class Entity : std::uint8_t { user, cohort, member, role, role_assignment, enrolment };
inline constexpr std::size_t entity_count = 6;

/// What was done, as users of the logs and metrics read it.
enum class Action : std::uint8_t {
    created,    ///< a row of Moodle was inserted (user, cohort, member, role assignment, enrolment)
    updated,    ///< a row of Moodle was changed
    suspended,  ///< a user who left, or an enrolment whose last role went
    revived,    ///< a user whom, or an enrolment that, we had suspended came back
    released,   ///< a cohort whose group vanished: members stay, component cleared, hidden
    removed,    ///< a member or role assignment was deleted
    parked,     ///< a conflict (username, idnumber), a reference to what Moodle lacks, or a field (role objects: all)
                ///< that cannot be mapped: waits in entstream
    spared,     ///< rename or suspension withheld: site administrator, guest, or another auth
    gone,       ///< linked, but deleted in Moodle by somebody else: reported, never revived
    held,       ///< a removal that waits for an approval (entstream.held)
    adopted,    ///< what was in Moodle before became that of an entry, with its id
};
inline constexpr std::size_t action_count = 11;

std::string_view to_text(Entity entity);
std::string_view to_text(Action action);

/// How often each action was taken on each entity.
class Counts {
  public:
    std::int64_t& operator()(Entity entity, Action action) { return counts_.at(index(entity, action)); }
    [[nodiscard]] std::int64_t operator()(Entity entity, Action action) const {
        return counts_.at(index(entity, action));
    }
    Counts& operator+=(const Counts& other);
    [[nodiscard]] std::int64_t total() const;

  private:
    static constexpr std::size_t index(Entity entity, Action action) {
        return static_cast<std::size_t>(entity) * action_count + static_cast<std::size_t>(action);
    }
    std::array<std::int64_t, entity_count * action_count> counts_{};
};

}  // namespace entstream::consumer::merge
