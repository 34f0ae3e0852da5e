#pragma once

#include <cstdint>

namespace entstream::entgen {

/// Brothers and sisters in one school, with their parents. Pupils and parents of a school are numbered so that a
/// family has consecutive pupils and consecutive parents; its place follows from the number, nothing is stored.
struct Family {
    int number = 0;  ///< in its school, with gaps
    int first_pupil = 0;
    int pupils = 0;
    int first_parent = 0;
    int parents = 0;
};

/// The families of one school.
class Families {
  public:
    Families(std::uint64_t seed, int school_index) : seed_(seed), school_(school_index) {}

    Family of_pupil(int pupil) const;
    Family of_parent(int parent) const;
    /// Number of parents of the first `pupils` pupils (a family counts with all its parents from its first child on).
    int parents_of_first(int pupils) const;

  private:
    Family find(int block, int pupil, int parent) const;

    std::uint64_t seed_;
    int school_;
};

}  // namespace entstream::entgen
