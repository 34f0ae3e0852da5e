#include "bench/entgen/group.hpp"

#include <functional>
#include <string>

#include "bench/entgen/member_list.hpp"

namespace entstream::entgen {

namespace {

/// Writes the groups of one school.
class GroupWriter {
  public:
    GroupWriter(const Region& region, const School& school, LdifWriter& writer, Summary& summary)
        : region_(region),
          school_(school),
          writer_(writer),
          summary_(summary),
          prefix_("ent:Etablissements:" + school.name() + "_" + school.uai() + ":") {}

    void write_class(int index) {
        const SchoolClass& school_class = school_.classes()[static_cast<std::size_t>(index)];
        const std::string level = level_prefix(school_class.level);
        write(level + "Eleves_" + school_class.name, "Élèves de la classe " + school_class.name,
              [&](MemberList& members) {
                  for (const int pupil : school_.pupils_of(school_class)) {
                      members.add({school_.index(), PersonKind::pupil, pupil});
                  }
              });
        write(level + "Profs_" + school_class.name, "Professeurs de la classe " + school_class.name,
              [&](MemberList& members) { add_teachers_of(index, members); });
    }

    void write_teaching_group(const TeachingGroup& group) {
        write(level_prefix(group.level) + "Groupe_" + group.name, "Groupe d'enseignement " + group.name,
              [&](MemberList& members) {
                  for (const SchoolClass& school_class : school_.classes()) {
                      if (school_class.level != group.level) {
                          continue;
                      }
                      for (const int pupil : school_.pupils_of(school_class)) {
                          if (school_.is_in(pupil, group)) {
                              members.add({school_.index(), PersonKind::pupil, pupil});
                          }
                      }
                  }
              });
    }

    void write_everybody() {
        write_all_of("Tous_Eleves", "Tous les élèves", PersonKind::pupil, school_.pupils());
        write("Tous_Profs", "Tous les professeurs", [&](MemberList& members) {
            add_range(PersonKind::teacher, school_.teachers(), members);
            add_borrowed_teachers(members);
        });
        write("Tous_Personnels", "Tous les personnels non enseignants", [&](MemberList& members) {
            if (school_.index() % 5 == 1) {
                members.add_empty_value();
            }
            add_range(PersonKind::staff, school_.staff(), members);
        });
        write_all_of("Tous_Parents", "Tous les parents", PersonKind::parent, school_.parents());
    }

  private:
    std::string level_prefix(int level) const {
        return std::string(school_.levels()[static_cast<std::size_t>(level)].name) + ":";
    }

    void write(const std::string& name, const std::string& description,
               const std::function<void(MemberList&)>& add_members) {
        const std::string cn = prefix_ + name;
        writer_.begin(region_.tree().group_dn(cn));
        writer_.attribute("objectClass", "groupOfNames");
        writer_.attribute("cn", cn);
        writer_.attribute("description", description);
        MemberList members(region_, writer_);
        add_members(members);
        members.end();
        summary_.groups += 1;
        summary_.empty_groups += members.count() == 0 ? 1 : 0;
        summary_.group_members += members.count();
    }

    void write_all_of(const std::string& name, const std::string& description, PersonKind kind, int count) {
        write(name, description, [&](MemberList& members) { add_range(kind, count, members); });
    }

    void add_range(PersonKind kind, int count, MemberList& members) {
        for (int index = 0; index < count; ++index) {
            members.add({school_.index(), kind, index});
        }
    }

    void add_teachers_of(int school_class, MemberList& members) {
        for (int subject = 0; subject < static_cast<int>(school_.subjects().size()); ++subject) {
            if (const auto teacher = school_.teacher_of(subject, school_class)) {
                members.add(*teacher);
            }
        }
    }

    void add_borrowed_teachers(MemberList& members) {
        for (int subject = 0; subject < static_cast<int>(school_.subjects().size()); ++subject) {
            const auto teacher = school_.teacher_of(subject, 0);
            if (teacher && teacher->school != school_.index()) {
                members.add(*teacher);
            }
        }
    }

    const Region& region_;
    const School& school_;
    LdifWriter& writer_;
    Summary& summary_;
    std::string prefix_;
};

}  // namespace

void write_groups(const Region& region, const School& school, LdifWriter& writer, Summary& summary) {
    GroupWriter groups(region, school, writer, summary);
    for (int index = 0; index < static_cast<int>(school.classes().size()); ++index) {
        groups.write_class(index);
    }
    for (const TeachingGroup& group : school.groups()) {
        groups.write_teaching_group(group);
    }
    groups.write_everybody();
}

}  // namespace entstream::entgen
