#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/entgen/dn.hpp"
#include "bench/entgen/person_id.hpp"
#include "bench/entgen/school.hpp"

namespace entstream::entgen {

/// Bounds of the invented UAIs and of the five characters of a uid.
constexpr int max_schools = 14000;
/// Fit into that many schools with any seed.
constexpr std::int64_t max_people = 8'000'000;

struct RegionOptions {
    std::uint64_t seed = 1;
    int schools = 5;
    /// Exactly this many persons: the number of schools follows, the last school is trimmed.
    std::optional<std::int64_t> people;
    std::string base_dn = "dc=ent,dc=example,dc=fr";
};

/// An academic region: says which schools there are and how persons are called in the directory. Holds no school.
class Region {
  public:
    /// \throws std::invalid_argument on a base DN that cannot be made or numbers out of bounds
    explicit Region(const RegionOptions& options);

    std::uint64_t seed() const { return seed_; }
    const Tree& tree() const { return tree_; }
    int schools() const { return schools_; }
    /// \pre 0 <= index < schools()
    School school(int index) const;

    /// Login name in lower case, 8 characters: what member values hold. The person's own entry may have it in
    /// another case (identity.hpp).
    std::string uid_of(const PersonId& id) const;
    /// DN of the person with the uid in lower case.
    std::string member_dn(const PersonId& id) const;

  private:
    std::uint64_t seed_;
    Tree tree_;
    int schools_ = 0;
    std::optional<int> people_of_last_;
    std::uint64_t uid_offset_ = 0;
};

}  // namespace entstream::entgen
