#pragma once

#include <span>
#include <string_view>

namespace entstream::entgen {

enum class SchoolKind { college, lycee };

/// A year of study. Text in the values that the AAF feed uses.
struct Level {
    std::string_view name;   ///< in group names and class names: `4EME`, `2NDE`, `TERM`
    std::string_view digit;  ///< prefix of teaching groups: `4`
    std::string_view mef;    ///< 11-digit code of the course of study
    std::string_view training;
    int birth_year = 0;  ///< of pupils who never repeated a year
};

struct Subject {
    std::string_view code;  ///< in course identifiers: `ANG`
    std::string_view label;
    std::string_view discipline_code;  ///< of the teacher's function: `L0422`
    std::string_view discipline_label;
    std::string_view subject_code;  ///< six digits, in ENTAuxEnsClassesMatieres
    int classes_per_teacher = 1;
    bool shared = false;  ///< taught by one teacher in two schools where schools are paired (school.hpp)
};

/// A kind of non-teaching post.
struct Post {
    std::string_view function_code;  ///< `DIR`, `DOC`, …
    std::string_view function_label;
    std::string_view discipline_code;
    std::string_view discipline_label;
    std::string_view profile;  ///< `National_DIR`, …
    std::string_view service;
};

std::span<const Level> levels_of(SchoolKind kind);
std::span<const Subject> subjects_of(SchoolKind kind);
/// Posts of a school in the order in which they are filled; its length is the largest number of staff. The first
/// is the head.
std::span<const Post> staff_posts();

}  // namespace entstream::entgen
