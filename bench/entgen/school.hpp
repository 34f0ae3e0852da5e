#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/entgen/catalogue.hpp"
#include "bench/entgen/family.hpp"
#include "bench/entgen/person_id.hpp"
#include "bench/entgen/random.hpp"

namespace entstream::entgen {

struct SchoolClass {
    int level = 0;  ///< index into levels_of(kind)
    std::string name;
    int first_slot = 0;
    int size = 0;
};

/// What a pupil takes beside the class, and so the teaching groups the pupil is in.
struct Choices {
    enum class Language { spanish_1, spanish_2, german } language{};
    bool classics = false;
    bool theatre = false;
};

struct TeachingGroup {
    enum class Kind { spanish_1, spanish_2, german, classics, theatre, nobody } kind{};
    int level = 0;
    std::string name;
};

/// One subject taught by one teacher in one school.
struct TeachingPost {
    int subject = 0;
    std::vector<int> classes;
};

/// A school without its persons: sizes, names, and the formulas that say who is where. A few kilobytes, made when it
/// is needed and thrown away.
///
/// Even schools lend the teachers of shared subjects to the next school, so that these teach in two structures.
class School {
  public:
    /// \param has_next whether the region has a school after this one
    School(std::uint64_t seed, int index, bool has_next);

    /// Takes persons away from the end (parents, then pupils with their parents, teachers, staff) until exactly
    /// `people` are left. \pre 0 <= people <= people()
    void trim_to(int people);

    int index() const { return index_; }
    SchoolKind kind() const { return kind_; }
    const std::string& uai() const { return uai_; }
    const std::string& name() const { return name_; }
    const std::string& town() const { return town_; }
    /// `CLG-LES ORMEAUX-ac-EXEMPLE`
    std::string usual_name() const;
    std::span<const Level> levels() const { return levels_of(kind_); }
    std::span<const Subject> subjects() const { return subjects_of(kind_); }
    const std::vector<SchoolClass>& classes() const { return classes_; }
    const std::vector<TeachingGroup>& groups() const { return groups_; }
    bool lends_teachers() const { return lends_; }
    bool borrows_teachers() const { return index_ % 2 == 1; }

    int staff() const { return staff_; }
    int teachers() const { return teachers_; }
    int pupils() const { return pupils_; }
    int parents() const { return parents_; }
    int people() const { return staff_ + teachers_ + pupils_ + parents_; }
    const Families& families() const { return families_; }

    int class_of(int pupil) const;
    /// \returns the pupils of a class.
    std::vector<int> pupils_of(const SchoolClass& school_class) const;
    Choices choices_of(int pupil) const;
    bool is_in(int pupil, const TeachingGroup& group) const;

    /// \returns nothing where the school was trimmed too far to have that teacher.
    std::optional<PersonId> teacher_of(int subject, int school_class) const;
    /// What one of the school's own teachers teaches here.
    TeachingPost post_of(int teacher) const;
    /// What a lent teacher teaches in `next`; nothing for the others.
    std::optional<TeachingPost> post_in(const School& next, int teacher) const;

  private:
    /// Teachers of one subject: own ones, numbered from `first`.
    struct Block {
        int first = 0;
        int count = 0;
    };

    void make_classes(Random& random);
    void make_groups();
    void make_blocks();

    std::uint64_t seed_;
    int index_;
    SchoolKind kind_;
    bool lends_;
    std::string uai_;
    std::string name_;
    std::string town_;
    std::vector<SchoolClass> classes_;
    std::vector<TeachingGroup> groups_;
    std::vector<Block> blocks_;  ///< per subject
    std::vector<int> borrowed_;  ///< per subject: the teacher's index in the previous school, or -1
    Families families_;
    int places_ = 0;  ///< pupils before trimming
    int stride_ = 1;  ///< spreads consecutive pupils (a family) over the classes
    int inverse_ = 1;
    int staff_ = 0;
    int teachers_ = 0;
    int pupils_ = 0;
    int parents_ = 0;
};

}  // namespace entstream::entgen
