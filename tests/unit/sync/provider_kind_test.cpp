#include "producer/sync/provider_kind.hpp"

#include <gtest/gtest.h>

namespace entstream::producer::sync {
namespace {

const Uuid uuid = *Uuid::from_text("276a6600-e917-11f1-8000-000000000001");

TEST(ProviderKindTest, EachKindHasItsOwnFormOfAUuid) {
    EXPECT_EQ(uuid_value(ProviderKind::openldap, uuid), "276a6600-e917-11f1-8000-000000000001");
    EXPECT_EQ(uuid_value(ProviderKind::ds389, uuid), "276a6600-e91711f1-80000000-00000001");
}

TEST(ProviderKindTest, WhatIsWrittenIsReadBack) {
    for (const ProviderKind kind : {ProviderKind::openldap, ProviderKind::ds389}) {
        EXPECT_EQ(parse_uuid(kind, uuid_value(kind, uuid)), uuid);
    }
    EXPECT_EQ(parse_uuid(ProviderKind::ds389, "276A6600-E91711F1-80000000-00000001"), uuid);
}

TEST(ProviderKindTest, AnythingElseIsNoUniqueId) {
    for (const char* const value : {"", "276a6600-e917-11f1-8000-000000000001", "276a6600-e91711f1-80000000-0000000",
                                    "276a6600-e91711f1-80000000-0000000g", "276a6600ae91711f1-80000000-00000001"}) {
        EXPECT_EQ(parse_uuid(ProviderKind::ds389, value), std::nullopt) << value;
    }
}

}  // namespace
}  // namespace entstream::producer::sync
