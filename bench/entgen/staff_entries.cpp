#include <optional>
#include <string>

#include "bench/entgen/person.hpp"

namespace entstream::entgen {

namespace {

/// A teacher's post in one structure.
void write_post(const Region& region, const School& school, const TeachingPost& post, LdifWriter& writer) {
    const std::string structure = region.tree().structure_dn(school.uai()) + "$";
    const Subject& subject = school.subjects()[static_cast<std::size_t>(post.subject)];
    writer.attribute("ENTPersonFonctions", structure + "ENS$ENSEIGNEMENT$" + std::string(subject.discipline_code) +
                                               "$" + std::string(subject.discipline_label));
    for (const int i : post.classes) {
        const SchoolClass& school_class = school.classes()[static_cast<std::size_t>(i)];
        writer.attribute("ENTAuxEnsClasses", structure + school_class.name);
        writer.attribute("ENTAuxEnsClassesMatieres",
                         structure + school_class.name + "$" + std::string(subject.subject_code));
        // The form teacher is the teacher of French, mathematics or English (the first three subjects) in turn.
        if (i % 3 == post.subject) {
            writer.attribute("ENTAuxEnsClassesPrincipal", structure + school_class.name);
        }
    }
}

void write_teacher(const Region& region, const School& school, const School* next, int teacher, LdifWriter& writer,
                   Summary& summary) {
    const PersonId id{school.index(), PersonKind::teacher, teacher};
    const std::string structure = region.tree().structure_dn(school.uai());
    begin_person(region, {id, "ENTAuxEnseignant", "National_ENS", structure}, writer);
    write_post(region, school, school.post_of(teacher), writer);
    const std::optional<TeachingPost> elsewhere = next != nullptr ? school.post_in(*next, teacher) : std::nullopt;
    if (elsewhere) {
        write_post(region, *next, *elsewhere, writer);
        summary.teachers_in_several_schools += 1;
    }
    writer.end();
}

void write_member_of_staff(const Region& region, const School& school, int index, LdifWriter& writer) {
    const Post& post = staff_posts()[static_cast<std::size_t>(index)];
    const std::string structure = region.tree().structure_dn(school.uai());
    begin_person(region, {{school.index(), PersonKind::staff, index}, "ENTAuxNonEnsEtab", post.profile, structure},
                 writer);
    writer.attribute("ENTPersonFonctions",
                     structure + "$" + std::string(post.function_code) + "$" + std::string(post.function_label) + "$" +
                         std::string(post.discipline_code) + "$" + std::string(post.discipline_label));
    writer.attribute("ENTAuxNonEnsEtabService", post.service);
    writer.end();
}

}  // namespace

void write_staff(const Region& region, const School& school, const School* next, LdifWriter& writer, Summary& summary) {
    for (int index = 0; index < school.staff(); ++index) {
        write_member_of_staff(region, school, index, writer);
    }
    for (int teacher = 0; teacher < school.teachers(); ++teacher) {
        write_teacher(region, school, next, teacher, writer, summary);
    }
    summary.staff += school.staff();
    summary.teachers += school.teachers();
    summary.people += school.staff() + school.teachers();
}

}  // namespace entstream::entgen
