#include "bench/entgen/person.hpp"

#include <string>

namespace entstream::entgen {

namespace {

constexpr int first_jointure = 100000;

}  // namespace

Identity begin_person(const Region& region, const PersonHead& head, LdifWriter& writer) {
    Identity identity = identity_of(region, head.id);
    const std::string first_name(identity.first_name);
    const std::string surname(identity.surname);

    writer.begin(region.tree().person_dn(identity.entry_uid));
    writer.attribute("objectClass", "inetOrgPerson");
    writer.attribute("objectClass", "ENTPerson");
    writer.attribute("objectClass", head.object_class);
    writer.attribute("uid", identity.entry_uid);
    writer.attribute("cn", surname + " " + first_name);
    writer.attribute("sn", surname);
    writer.attribute("givenName", first_name);
    writer.attribute("displayName", first_name + " " + surname);
    writer.attribute("mail", identity.login + "@example.fr");
    writer.attribute("personalTitle", identity.female ? "Mme" : "M.");
    writer.attribute("ENTPersonLogin", identity.login);
    writer.attribute("ENTPersonJointure", "AC-EXEMPLE$" + std::to_string(first_jointure + head.id.number()));
    writer.attribute("ENTPersonProfils", head.profile);
    writer.attribute("ENTPersonSexe", identity.female ? "F" : "M");
    if (!head.structure_dn.empty()) {
        writer.attribute("ENTPersonStructRattach", head.structure_dn);
    }
    return identity;
}

}  // namespace entstream::entgen
