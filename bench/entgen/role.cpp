#include "bench/entgen/role.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "bench/entgen/course.hpp"
#include "bench/entgen/member_list.hpp"

namespace entstream::entgen {

namespace {

void begin_role(const Region& region, const std::string& cn, std::string_view uai, LdifWriter& writer) {
    writer.begin(region.tree().role_dn(cn));
    writer.attribute("objectClass", "groupOfNames");
    writer.attribute("cn", cn);
    if (!uai.empty()) {
        writer.attribute("ou", uai);
    }
}

void end_role(MemberList& members, Summary& summary) {
    members.end();
    summary.roles += 1;
    summary.role_members += members.count();
}

void write_teacher_of(const Region& region, const School& school, const Course& course, LdifWriter& writer,
                      Summary& summary) {
    begin_role(region, "moodle:ENS:COURS:" + course_idnumber(school, course), school.uai(), writer);
    MemberList members(region, writer);
    if (const auto teacher = school.teacher_of(course.subject, course.school_class)) {
        members.add(*teacher);
    }
    end_role(members, summary);
    if (is_left_out_of_moodle(school, course)) {
        summary.unresolved_roles += 1;
        summary.unresolved_role_members += members.count();
    } else {
        summary.courses += 1;
    }
}

/// A role object whose members are the school's staff with that function.
void write_staff_role(const Region& region, const School& school, const std::string& cn, std::string_view function,
                      LdifWriter& writer, Summary& summary) {
    begin_role(region, cn, school.uai(), writer);
    MemberList members(region, writer);
    for (int index = 0; index < school.staff(); ++index) {
        if (staff_posts()[static_cast<std::size_t>(index)].function_code == function) {
            members.add({school.index(), PersonKind::staff, index});
        }
    }
    end_role(members, summary);
}

}  // namespace

void write_roles(const Region& region, const School& school, LdifWriter& writer, Summary& summary) {
    const int classes = static_cast<int>(school.classes().size());
    for (int school_class = 0; school_class < classes; ++school_class) {
        for (int subject = 0; subject < static_cast<int>(school.subjects().size()); ++subject) {
            write_teacher_of(region, school, {subject, school_class}, writer, summary);
        }
    }
    int level = -1;
    for (int school_class = 0; school_class < classes; ++school_class) {
        const int level_of_class = school.classes()[static_cast<std::size_t>(school_class)].level;
        if (level_of_class != level) {
            level = level_of_class;
            write_staff_role(region, school, "moodle:TUT:COURS:" + course_idnumber(school, {0, school_class}), "DOC",
                             writer, summary);
        }
    }
    write_staff_role(region, school, "moodle:ADM:CAT:" + school.uai(), "DIR", writer, summary);
    write_staff_role(region, school, "moodle:TUT:CAT:" + school.uai(), "EDU", writer, summary);
}

void write_site_role(const Region& region, LdifWriter& writer, Summary& summary) {
    constexpr int managers = 3;
    begin_role(region, "moodle:ADM:SYS:0", {}, writer);
    MemberList members(region, writer);
    for (int index = 0; index < std::min(managers, region.schools()); ++index) {
        if (region.school(index).staff() > 0) {
            members.add({index, PersonKind::staff, 0});
        }
    }
    end_role(members, summary);
}

}  // namespace entstream::entgen
