#include <array>
#include <string>
#include <string_view>

#include "bench/entgen/person.hpp"
#include "bench/entgen/random.hpp"

namespace entstream::entgen {

namespace {

constexpr int school_year = 2026;

constexpr auto regimes = std::to_array<std::string_view>({
    "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT",
    "EXTERNE LIBRE",
    "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT",
    "EXTERNE SURVEILLE",
    "INTERNE DANS L'ETABLISSEMENT",
});

std::string two_digits(int number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

struct Birth {
    int year;
    int month;
    int day;

    bool of_age() const { return school_year - year > 18 || (school_year - year == 18 && month < 9); }

    std::string text() const { return two_digits(day) + "/" + two_digits(month) + "/" + std::to_string(year); }
};

void write_choices(const School& school, int pupil, const std::string& structure, LdifWriter& writer) {
    for (const TeachingGroup& group : school.groups()) {
        if (school.is_in(pupil, group)) {
            writer.attribute("ENTEleveGroupes", structure + "$" + group.name);
        }
    }
    writer.attribute("ENTEleveCodeEnseignements", "030201");
    const bool learns_german = school.choices_of(pupil).language == Choices::Language::german;
    writer.attribute("ENTEleveCodeEnseignements", learns_german ? "030102" : "030602");
}

void write_relations(const Region& region, const School& school, int pupil, LdifWriter& writer) {
    const Family family = school.families().of_pupil(pupil);
    for (int i = 0; i < family.parents && family.first_parent + i < school.parents(); ++i) {
        const PersonId parent{school.index(), PersonKind::parent, family.first_parent + i};
        const std::string dn = region.member_dn(parent);
        writer.attribute("ENTEleveParents", dn);
        writer.attribute(i == 0 ? "ENTElevePersRelEleve1" : "ENTElevePersRelEleve2", dn);
        writer.attribute(i == 0 ? "ENTEleveQualitePersRelEleve1" : "ENTEleveQualitePersRelEleve2",
                         identity_of(region, parent).female ? "MERE" : "PERE");
    }
}

void write_pupil(const Region& region, const School& school, int pupil, LdifWriter& writer) {
    const PersonId id{school.index(), PersonKind::pupil, pupil};
    const std::string structure = region.tree().structure_dn(school.uai());
    const SchoolClass& school_class = school.classes()[static_cast<std::size_t>(school.class_of(pupil))];
    const Level& level = school.levels()[static_cast<std::size_t>(school_class.level)];
    Random random{region.seed(), purpose::person, static_cast<std::uint64_t>(id.number())};
    const bool repeated_a_year = random.one_in(12);
    const Birth birth{level.birth_year - (repeated_a_year ? 1 : 0), 1 + random.below(12), 1 + random.below(28)};
    const auto regime = static_cast<std::size_t>(random.below(static_cast<int>(regimes.size())));

    begin_person(region, {id, "ENTEleve", "National_ELV", structure}, writer);
    writer.attribute("ENTPersonDateNaissance", birth.text());
    writer.attribute("ENTEleveStatutEleve", "SCOLAIRE");
    writer.attribute("ENTEleveMEF", level.mef);
    writer.attribute("ENTEleveLibelleMEF", level.name);
    writer.attribute("ENTEleveNivFormation", level.training);
    writer.attribute("ENTEleveFiliere", level.training);
    writer.attribute("ENTEleveRegime", regimes.at(regime));
    writer.attribute("ENTEleveTransport", random.one_in(3) ? "O" : "N");
    writer.attribute("ENTEleveBoursier", random.one_in(5) ? "O" : "N");
    writer.attribute("ENTEleveMajeur", birth.of_age() ? "O" : "N");
    writer.attribute("ENTEleveClasses", structure + "$" + school_class.name);
    write_choices(school, pupil, structure, writer);
    write_relations(region, school, pupil, writer);
    writer.end();
}

void write_parent(const Region& region, const School& school, int parent, LdifWriter& writer) {
    const Family family = school.families().of_parent(parent);
    const PersonId id{school.index(), PersonKind::parent, parent};
    begin_person(region, {id, "ENTAuxPersRelEleve", "National_TUT"}, writer);
    for (int child = family.first_pupil; child < family.first_pupil + family.pupils && child < school.pupils();
         ++child) {
        writer.attribute("ENTAuxPersRelEleveEleve", region.member_dn({school.index(), PersonKind::pupil, child}));
    }
    writer.end();
}

}  // namespace

void write_families(const Region& region, const School& school, LdifWriter& writer, Summary& summary) {
    for (int pupil = 0; pupil < school.pupils(); ++pupil) {
        write_pupil(region, school, pupil, writer);
    }
    for (int parent = 0; parent < school.parents(); ++parent) {
        write_parent(region, school, parent, writer);
    }
    summary.pupils += school.pupils();
    summary.parents += school.parents();
    summary.people += school.pupils() + school.parents();
}

}  // namespace entstream::entgen
