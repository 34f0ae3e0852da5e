#include "bench/entgen/course.hpp"

namespace entstream::entgen {

namespace {

const Subject& subject_of(const School& school, const Course& course) {
    return school.subjects()[static_cast<std::size_t>(course.subject)];
}

const std::string& class_of(const School& school, const Course& course) {
    return school.classes()[static_cast<std::size_t>(course.school_class)].name;
}

}  // namespace

std::string course_idnumber(const School& school, const Course& course) {
    return school.uai() + "-" + std::string(subject_of(school, course).code) + "-" + class_of(school, course);
}

std::string course_full_name(const School& school, const Course& course) {
    return std::string(subject_of(school, course).label) + " " + class_of(school, course);
}

bool is_left_out_of_moodle(const School& school, const Course& course) {
    return school.index() == 0 && course.subject + 1 == static_cast<int>(school.subjects().size()) &&
           course.school_class + 1 == static_cast<int>(school.classes().size());
}

}  // namespace entstream::entgen
