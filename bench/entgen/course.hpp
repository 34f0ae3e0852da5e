#pragma once

#include <string>

#include "bench/entgen/region.hpp"

namespace entstream::entgen {

/// A course in Moodle: one subject for one class.
struct Course {
    int subject = 0;
    int school_class = 0;
};

/// `<UAI>-<SUBJECT>-<CLASS>`
std::string course_idnumber(const School& school, const Course& course);
/// `Anglais 4EME1`
std::string course_full_name(const School& school, const Course& course);
/// One course of the region is deliberately not written for Moodle, so that one role object has nothing to act on.
bool is_left_out_of_moodle(const School& school, const Course& course);

}  // namespace entstream::entgen
