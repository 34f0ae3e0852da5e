#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/model/uuid.hpp"
#include "consumer/merge/counts.hpp"

/// Removals that the guard holds (entstream.held), and what somebody decides about them.
namespace entstream::consumer::merge {

/// One of them, with what Moodle says of the objects now: personal data. What an entity does not have is empty or 0.
struct HeldRemoval {
    std::string entity;  ///< as to_text(Entity): user, cohort, member, role_assignment
    std::string uuid;    ///< of the person's entry; of a cohort: of the group's
    std::string parent;  ///< members: UUID of the group
    std::int64_t user_id{};
    std::string username;
    std::string name;
    std::int64_t cohort_id{};
    std::string cohort;  ///< its idnumber
    std::int64_t role_id{};
    std::string role;   ///< its short name
    std::string place;  ///< role assignments: "teacher in course 2A"
    std::int64_t context_id{};
    std::int64_t level{};     ///< of the context
    std::int64_t instance{};  ///< of the context
    std::int64_t version{};   ///< offset of the record; of members and role assignments: of the batch's first
    std::int64_t generation{};
    std::string cause;  ///< of the DELETE, as in entstream.removals; empty: no DELETE asked for it
    std::string since;  ///< UTC: 2026-11-26T02:00:00Z
};

/// Which held removals are meant: those of one of the entities, or of one of the objects (a person, with his
/// memberships and roles; a group, with its members). Nothing given: all.
struct HeldChoice {
    std::vector<Entity> entities;
    std::vector<Uuid> objects;
};

struct HeldDecision {
    std::int64_t removals{};  ///< were held, and are not any more
    std::int64_t refused{};   ///< the database refuses them for its data: they are still held
    Counts counts;            ///< what was done; nothing for objects that are back or gone
};

}  // namespace entstream::consumer::merge
