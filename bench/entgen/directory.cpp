#include "bench/entgen/directory.hpp"

#include <optional>
#include <string>
#include <utility>

#include "bench/entgen/group.hpp"
#include "bench/entgen/person.hpp"
#include "bench/entgen/role.hpp"

namespace entstream::entgen {

namespace {

void write_base(const Tree& tree, LdifWriter& writer) {
    writer.begin(tree.base);
    if (tree.base_attribute == "ou") {
        writer.attribute("objectClass", "organizationalUnit");
    } else {
        writer.attribute("objectClass", "organization");
        if (tree.base_attribute == "dc") {
            writer.attribute("objectClass", "dcObject");
            writer.attribute("o", "Académie d'Exemple");
        }
    }
    writer.attribute(tree.base_attribute, tree.base_value);
    writer.end();

    for (const auto& [dn, name] : {std::pair{tree.structures, "structures"}, std::pair{tree.people, "people"},
                                   std::pair{tree.groups, "groups"}, std::pair{tree.roles, "roles"}}) {
        writer.begin(dn);
        writer.attribute("objectClass", "organizationalUnit");
        writer.attribute("ou", name);
        writer.end();
    }
}

void write_structure(const Region& region, const School& school, LdifWriter& writer) {
    const std::string& uai = school.uai();
    writer.begin(region.tree().structure_dn(uai));
    writer.attribute("objectClass", "organizationalUnit");
    writer.attribute("objectClass", "ENTStructure");
    writer.attribute("objectClass", "ENTEtablissement");
    writer.attribute("ou", school.usual_name());
    writer.attribute("ENTStructureUAI", uai);
    writer.attribute("ENTStructureSIREN", "19" + uai.substr(1, 6) + "000014");
    writer.attribute("ENTStructureJointure", "AC-EXEMPLE$" + std::to_string(1000 + school.index()));
    writer.attribute("ENTStructureNomCourant", school.usual_name());
    writer.attribute("ENTStructureTypeStruct", school.kind() == SchoolKind::college ? "COLLEGE" : "LYCEE");
    writer.attribute("ENTEtablissementMinistereTutelle", "MINISTERE DE L'EDUCATION NATIONALE");
    writer.attribute("ENTEtablissementContrat", school.index() % 7 == 6 ? "PR" : "PU");
    if (school.staff() > 0) {
        writer.attribute("ENTStructureResponsable", region.member_dn({school.index(), PersonKind::staff, 0}));
    }
    for (const SchoolClass& school_class : school.classes()) {
        const Level& level = school.levels()[static_cast<std::size_t>(school_class.level)];
        writer.attribute("ENTStructureClasses",
                         school_class.name + "$" + school_class.name + "$" + std::string(level.mef));
    }
    for (const TeachingGroup& group : school.groups()) {
        writer.attribute("ENTStructureGroupes", group.name + "$" + group.name);
    }
    writer.attribute("l", school.town());
    writer.end();
}

}  // namespace

Summary write_directory(const Region& region, LdifWriter& writer) {
    Summary summary;
    summary.seed = region.seed();
    write_base(region.tree(), writer);

    std::optional<School> school = region.school(0);
    for (int index = 0; index < region.schools(); ++index) {
        std::optional<School> next;
        if (index + 1 < region.schools()) {
            next = region.school(index + 1);
        }
        write_structure(region, *school, writer);
        write_staff(region, *school, next ? &*next : nullptr, writer, summary);
        write_families(region, *school, writer, summary);
        write_groups(region, *school, writer, summary);
        write_roles(region, *school, writer, summary);
        summary.schools += 1;
        school = std::move(next);
    }
    write_site_role(region, writer, summary);
    summary.entries = writer.entries();
    return summary;
}

}  // namespace entstream::entgen
