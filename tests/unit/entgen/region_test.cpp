#include "bench/entgen/region.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/entgen/uai.hpp"
#include "tests/unit/entgen/ldif_reader.hpp"

namespace entstream::entgen {
namespace {

/// The default region, written once.
const Written& region() {
    static const Written written = write_region({});
    return written;
}

RegionOptions with_people(std::int64_t people) {
    RegionOptions options;
    options.people = people;
    return options;
}

std::int64_t count_people(const Written& written) {
    return std::count_if(written.entries.begin(), written.entries.end(), [](const Entry& e) { return e.is_person(); });
}

std::map<std::string, const Entry*> by_dn(const Written& written) {
    std::map<std::string, const Entry*> entries;
    for (const Entry& entry : written.entries) {
        EXPECT_TRUE(entries.emplace(normalised(entry.dn), &entry).second) << entry.dn << " twice";
    }
    return entries;
}

/// DNs of entries in values resolve, whatever the case of the uid; parents stand before children.
void expect_whole(const Written& written) {
    const auto entries = by_dn(written);
    for (const Entry& entry : written.entries) {
        for (const char* attribute : {"member", "ENTEleveParents", "ENTElevePersRelEleve1", "ENTElevePersRelEleve2",
                                      "ENTAuxPersRelEleveEleve", "ENTPersonStructRattach", "ENTStructureResponsable"}) {
            for (const std::string& dn : entry.all(attribute)) {
                EXPECT_TRUE(dn.empty() || entries.contains(normalised(dn))) << entry.dn << " names " << dn;
            }
        }
    }
}

bool any_entry(const Written& written, const std::function<bool(const Entry&)>& test) {
    return std::any_of(written.entries.begin(), written.entries.end(), test);
}

TEST(Region, SameOptionsSameBytes) {
    EXPECT_TRUE(write_region({}).ldif == region().ldif);
}

TEST(Region, AnotherSeedIsAnotherRegion) {
    RegionOptions options;
    options.seed = 2;
    EXPECT_FALSE(write_region(options).ldif == region().ldif);
}

TEST(Region, SchoolsDoNotChangeWhenMoreAreAdded) {
    RegionOptions options;
    options.schools = 6;
    const auto larger = by_dn(write_region(options));
    for (const Entry& entry : region().entries) {
        EXPECT_TRUE(larger.contains(normalised(entry.dn))) << entry.dn;
    }
}

TEST(Region, ExactlyTheNumberOfPeopleAskedFor) {
    for (const std::int64_t people : {1, 11, 40, 41, 42, 43, 44, 599, 640, 1234, 10000}) {
        const Written written = write_region(with_people(people));
        EXPECT_EQ(count_people(written), people);
        EXPECT_EQ(written.summary.people, people);
        expect_whole(written);
    }
}

TEST(Region, NumbersOutOfBoundsAreRefused) {
    RegionOptions none;
    none.schools = 0;
    EXPECT_THROW(Region{none}, std::invalid_argument);
    EXPECT_THROW(Region{with_people(0)}, std::invalid_argument);
    EXPECT_THROW(Region{with_people(1'000'000'000)}, std::invalid_argument);
}

TEST(Region, SummaryCountsWhatIsThere) {
    Summary counted;
    for (const Entry& entry : region().entries) {
        counted.schools += entry.is_a("ENTEtablissement") ? 1 : 0;
        counted.pupils += entry.is_a("ENTEleve") ? 1 : 0;
        counted.teachers += entry.is_a("ENTAuxEnseignant") ? 1 : 0;
        counted.staff += entry.is_a("ENTAuxNonEnsEtab") ? 1 : 0;
        counted.parents += entry.is_a("ENTAuxPersRelEleve") ? 1 : 0;
        counted.teachers_in_several_schools += entry.all("ENTPersonFonctions").size() > 1 ? 1 : 0;
        if (!entry.is_a("groupOfNames")) {
            continue;
        }
        const auto values = entry.all("member");
        const auto members = std::count_if(values.begin(), values.end(), [](const auto& dn) { return !dn.empty(); });
        const bool is_role = entry.first("cn").starts_with("moodle:");
        (is_role ? counted.roles : counted.groups) += 1;
        (is_role ? counted.role_members : counted.group_members) += members;
        counted.empty_groups += !is_role && members == 0 ? 1 : 0;
    }
    const Summary& said = region().summary;
    EXPECT_EQ(said.entries, static_cast<std::int64_t>(region().entries.size()));
    EXPECT_EQ(said.schools, counted.schools);
    EXPECT_EQ(said.people, count_people(region()));
    EXPECT_EQ(said.pupils, counted.pupils);
    EXPECT_EQ(said.teachers, counted.teachers);
    EXPECT_EQ(said.staff, counted.staff);
    EXPECT_EQ(said.parents, counted.parents);
    EXPECT_EQ(said.teachers_in_several_schools, counted.teachers_in_several_schools);
    EXPECT_EQ(said.groups, counted.groups);
    EXPECT_EQ(said.empty_groups, counted.empty_groups);
    EXPECT_EQ(said.group_members, counted.group_members);
    EXPECT_EQ(said.roles, counted.roles);
    EXPECT_EQ(said.role_members, counted.role_members);
    EXPECT_EQ(said.unresolved_roles, 1);
}

TEST(Region, DemoSize) {
    EXPECT_EQ(region().summary.schools, 5);
    EXPECT_NEAR(static_cast<double>(region().summary.people), 3000, 300);
}

TEST(Region, EveryReferenceResolves) {
    expect_whole(region());
}

TEST(Region, LoginsAddressesAndKeysAreUnique) {
    for (const char* attribute : {"uid", "mail", "ENTPersonLogin", "ENTPersonJointure"}) {
        std::set<std::string> values;
        for (const Entry& entry : region().entries) {
            if (entry.is_person()) {
                EXPECT_TRUE(values.insert(entry.first(attribute)).second) << entry.first(attribute) << " twice";
            }
        }
    }
}

TEST(Region, PersonsHaveWhatTheirClassesDemand) {
    for (const Entry& entry : region().entries) {
        if (!entry.is_person()) {
            continue;
        }
        for (const char* attribute : {"uid", "cn", "sn", "givenName", "mail", "ENTPersonLogin", "ENTPersonJointure"}) {
            EXPECT_EQ(entry.all(attribute).size(), 1U) << entry.dn << " " << attribute;
        }
        for (const char* attribute : {"ENTEleveStatutEleve", "ENTEleveMEF", "ENTEleveLibelleMEF",
                                      "ENTEleveNivFormation", "ENTEleveFiliere", "ENTEleveMajeur", "ENTEleveClasses"}) {
            EXPECT_EQ(entry.all(attribute).size(), entry.is_a("ENTEleve") ? 1U : 0U) << entry.dn << " " << attribute;
        }
        EXPECT_EQ(entry.all("ENTAuxPersRelEleveEleve").empty(), !entry.is_a("ENTAuxPersRelEleve")) << entry.dn;
    }
}

/// Members of a group that a person's own attribute puts there: `<UAI>:<class or group>` to normalised DNs.
using Members = std::map<std::string, std::set<std::string>>;

Members from_attribute(const std::string& attribute) {
    Members members;
    for (const Entry& entry : region().entries) {
        for (const std::string& value : entry.all(attribute)) {
            const std::size_t uai = value.find('=') + 1;
            members[value.substr(uai, 8) + ":" + value.substr(value.find('$') + 1)].insert(normalised(entry.dn));
        }
    }
    return members;
}

Members from_groups(const std::string& kind) {
    Members members;
    for (const Entry& entry : region().entries) {
        const std::string cn = entry.first("cn");
        const std::size_t found = cn.find(kind);
        if (!entry.is_a("groupOfNames") || found == std::string::npos || entry.has("member", "")) {
            continue;
        }
        const std::string uai = cn.substr(cn.find('_') + 1, 8);
        for (const std::string& dn : entry.all("member")) {
            members[uai + ":" + cn.substr(found + kind.size())].insert(normalised(dn));
        }
    }
    return members;
}

TEST(Region, GroupsAgreeWithThePersonsOwnAttributes) {
    EXPECT_EQ(from_groups(":Eleves_"), from_attribute("ENTEleveClasses"));
    EXPECT_EQ(from_groups(":Groupe_"), from_attribute("ENTEleveGroupes"));
    EXPECT_EQ(from_groups(":Profs_"), from_attribute("ENTAuxEnsClasses"));
}

TEST(Region, FamiliesAgreeInBothDirections) {
    std::set<std::pair<std::string, std::string>> from_children;
    std::set<std::pair<std::string, std::string>> from_parents;
    for (const Entry& entry : region().entries) {
        for (const std::string& parent : entry.all("ENTEleveParents")) {
            from_children.emplace(normalised(entry.dn), normalised(parent));
        }
        for (const std::string& child : entry.all("ENTAuxPersRelEleveEleve")) {
            from_parents.emplace(normalised(child), normalised(entry.dn));
        }
    }
    EXPECT_FALSE(from_children.empty());
    EXPECT_EQ(from_children, from_parents);
}

TEST(RegionTraps, UidInMixedCaseInTheEntryAndInLowerCaseInMemberValues) {
    std::set<std::string> exact;
    for (const Entry& entry : region().entries) {
        if (entry.is_person()) {
            exact.insert(entry.dn);
        }
    }
    for (const Entry& entry : region().entries) {
        for (const std::string& dn : entry.all("member")) {
            EXPECT_FALSE(exact.contains(dn)) << "only comparing without case finds a member; not so for " << dn;
        }
    }
}

TEST(RegionTraps, EmptyMemberValueAloneAndBesideMembers) {
    EXPECT_TRUE(any_entry(region(), [](const Entry& e) { return e.all("member") == std::vector<std::string>{""}; }));
    EXPECT_TRUE(any_entry(region(), [](const Entry& e) { return e.has("member", "") && e.all("member").size() > 1; }));
    EXPECT_NE(region().ldif.find("\nmember:\n"), std::string::npos);
}

TEST(RegionTraps, NamesThatNeedQuoting) {
    for (const char* part : {"4EME (NC 4E AES)", "D'INSERTION", "É", ", ", "+"}) {
        EXPECT_TRUE(any_entry(region(), [&](const Entry& e) {
            return e.is_a("groupOfNames") && e.first("cn").find(part) != std::string::npos;
        })) << part;
    }
}

TEST(RegionTraps, TeachersInSeveralStructures) {
    EXPECT_TRUE(any_entry(region(), [](const Entry& e) {
        std::set<std::string> structures;
        for (const std::string& value : e.all("ENTAuxEnsClasses")) {
            structures.insert(value.substr(0, value.find(',')));
        }
        return structures.size() == 2;
    }));
}

TEST(RegionTraps, TwoSchoolsOfOneNameAndPlace) {
    std::set<std::string> names;
    std::int64_t schools = 0;
    for (int index = 0; index < 5; ++index) {
        const School school = Region({}).school(index);
        names.insert(school.name() + " " + school.town());
        ++schools;
    }
    EXPECT_EQ(static_cast<std::int64_t>(names.size()), schools - 1);
}

}  // namespace
}  // namespace entstream::entgen
