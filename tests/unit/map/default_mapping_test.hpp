#pragma once

#include <gmock/gmock.h>

#include <string>

#include "consumer/map/compiled_mapping.hpp"
#include "consumer/map/mapper.hpp"
#include "consumer/map/mapping_schema.hpp"
#include "tests/unit/map/entries.hpp"

namespace entstream::consumer::map {

/// What the mapping that nobody changed makes of entries of the SDET.
class DefaultMappingTest : public testing::Test {
  protected:
    static inline const Uuid uuid = Uuid::from_name("an entry");
    static constexpr Offset version = 42;

    UserDelta mapped(const TestEntry& entry) const {
        UserDelta user = mapper_.user(uuid, version, entry.image());
        EXPECT_EQ(user.problem, "");
        return user;
    }

    static FieldRule rule(const std::string& value) {
        FieldRule made;
        made.value = value;
        return made;
    }

    const Mapper mapper_{default_mapping()};
    TestEntry pupil_ = {
        {"objectClass", {"inetOrgPerson", "ENTPerson", "ENTEleve"}},
        {"uid", {"E24a0001"}},
        {"givenName", {"Ma\u00eblys"}},
        {"sn", {"TESSIER"}},
        {"mail", {"Maelys.Tessier@example.fr"}},
        {"ENTPersonJointure", {"AC-EXEMPLE$240001"}},
        {"ENTPersonStructRattach", {"ENTStructureUAI=0359001u,ou=structures,dc=ent,dc=example,dc=fr"}},
        {"createTimestamp", {"20260901080000Z"}},
    };
};

}  // namespace entstream::consumer::map
