#include "bench/entgen/identity.hpp"

#include "bench/entgen/names.hpp"
#include "bench/entgen/random.hpp"

namespace entstream::entgen {

namespace {

std::string_view pick(Random& random, std::span<const std::string_view> list) {
    return list[static_cast<std::size_t>(random.below(static_cast<int>(list.size())))];
}

std::string_view surname_of(const Region& region, const PersonId& id, Random& own) {
    const Families families(region.seed(), id.school);
    Family family;
    if (id.kind == PersonKind::pupil) {
        family = families.of_pupil(id.index);
    } else if (id.kind == PersonKind::parent) {
        family = families.of_parent(id.index);
        if (id.index > family.first_parent && own.one_in(2)) {
            return pick(own, surnames());
        }
    } else {
        return pick(own, surnames());
    }
    Random shared{region.seed(), purpose::surname, static_cast<std::uint64_t>(id.school),
                  static_cast<std::uint64_t>(family.number)};
    return pick(shared, surnames());
}

/// Directories keep the case in which a uid was first typed; the letters are upper case in half of the entries.
std::string typed_uid(const std::string& uid, bool capitals) {
    std::string typed = uid;
    typed.front() = 'F';
    for (char& c : typed) {
        if (capitals && c >= 'a' && c <= 'z') {
            c = static_cast<char>(c - 'a' + 'A');
        }
    }
    return typed;
}

}  // namespace

Identity identity_of(const Region& region, const PersonId& id) {
    Random random{region.seed(), purpose::identity, static_cast<std::uint64_t>(id.number())};
    Identity identity;
    identity.female = random.one_in(2);
    identity.first_name = pick(random, identity.female ? female_first_names() : male_first_names());
    identity.uid = region.uid_of(id);
    identity.entry_uid = typed_uid(identity.uid, random.one_in(2));
    identity.surname = surname_of(region, id, random);
    identity.login = ascii_login(identity.first_name) + "." + ascii_login(identity.surname);
    identity.login += std::to_string(id.number() + 1);
    return identity;
}

}  // namespace entstream::entgen
