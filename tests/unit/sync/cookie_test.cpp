#include "producer/sync/cookie.hpp"

#include <gtest/gtest.h>

namespace entstream::producer::sync {
namespace {

const std::string early_1 = "20261122101112.000001Z#000000#001#000000";
const std::string later_1 = "20261122101113.000000Z#000000#001#000000";
const std::string only_2 = "20261122101112.500000Z#000000#002#000000";
const std::string only_a = "20261122101112.500000Z#00000a#00a#000000";

TEST(Csn, NamesItsServerAndItsTime) {
    EXPECT_EQ(csn_sid(only_2), 2U);
    EXPECT_EQ(csn_sid("20261122101112.500000Z#000000#fFf#000000"), 0xfffU);
    const auto time = csn_time("20261122101112.123456Z#000000#001#000000");
    ASSERT_TRUE(time);
    using namespace std::chrono;
    EXPECT_EQ(duration_cast<microseconds>(time->time_since_epoch()).count(), 1795342272123456);
}

TEST(Csn, AnythingElseIsNone) {
    for (const char* text :
         {"", "notacsn", "20261122101112Z#000000#001#000000", "20261122101112.123456Z#000000#001#00000",
          "20261122101112.123456Z#000000#00g#000000", "20261122101112.12345xZ#000000#001#000000"}) {
        EXPECT_EQ(csn_sid(text), std::nullopt) << text;
        EXPECT_EQ(csn_time(text), std::nullopt) << text;
    }
    EXPECT_EQ(csn_time("20261322101112.123456Z#000000#001#000000"), std::nullopt);
}

TEST(Cookie, IsSentWithoutSidAndInOrderOfServers) {
    const Cookie cookie =
        Cookie::parse("rid=002,sid=002,csn=" + only_a + ";" + only_2 + ";" + early_1 + ",delcsn=" + later_1);
    EXPECT_EQ(cookie.text(), "rid=000,csn=" + early_1 + ";" + only_2 + ";" + only_a);
    EXPECT_EQ(Cookie::parse(cookie.text()), cookie);
}

TEST(Cookie, MergeKeepsTheGreaterCsnOfEachServer) {
    Cookie cookie = Cookie::parse("rid=000,csn=" + early_1 + ";" + only_2);
    EXPECT_TRUE(cookie.merge(Cookie::parse("rid=000,csn=" + later_1)));
    EXPECT_EQ(cookie.text(), "rid=000,csn=" + later_1 + ";" + only_2);
    EXPECT_FALSE(cookie.merge(Cookie::parse("rid=000,csn=" + early_1)));
    EXPECT_EQ(cookie.text(), "rid=000,csn=" + later_1 + ";" + only_2);
}

TEST(Cookie, WithoutCsnChangesNothing) {
    Cookie cookie = Cookie::parse("rid=000,csn=" + early_1);
    const Cookie before = cookie;
    for (const char* octets : {"", "rid=000", "rid=001,sid=002", "rid=000,csn=", "rid=000,csn=notacsn", "garbage"}) {
        EXPECT_FALSE(cookie.merge(Cookie::parse(octets))) << octets;
        EXPECT_EQ(cookie, before) << octets;
    }
    EXPECT_TRUE(Cookie::parse("rid=000").empty());
    EXPECT_EQ(Cookie::parse("rid=000").text(), "");
}

TEST(Cookie, OpaqueOctetsAreReplacedWhole) {
    const std::string first = "ds.ent.fr:389#cn=sync,dc=fr:ou=people,dc=fr:(objectClass=*)#5";
    const std::string second = "ds.ent.fr:389#cn=sync,dc=fr:ou=people,dc=fr:(objectClass=*)#6";
    Cookie cookie = Cookie::parse(first);
    EXPECT_TRUE(cookie.opaque());
    EXPECT_EQ(cookie.text(), first);
    EXPECT_TRUE(cookie.merge(Cookie::parse(second)));
    EXPECT_EQ(cookie.text(), second);
    EXPECT_FALSE(cookie.merge(Cookie::parse("")));
    EXPECT_EQ(cookie.text(), second);
    EXPECT_TRUE(cookie.merge(Cookie::parse("rid=000,csn=" + early_1)));
    EXPECT_EQ(cookie.text(), "rid=000,csn=" + early_1);
}

TEST(Cookie, ReachesAProbeWhenEveryServersCsnIsThere) {
    const Cookie cookie = Cookie::parse("rid=000,csn=" + later_1 + ";" + only_2);
    EXPECT_TRUE(cookie.has_reached({early_1, only_2}));
    EXPECT_TRUE(cookie.has_reached({only_2}));
    EXPECT_FALSE(cookie.has_reached({only_a}));
    EXPECT_FALSE(Cookie::parse("rid=000,csn=" + early_1).has_reached({later_1}));
    EXPECT_FALSE(Cookie().has_reached({early_1}));
    EXPECT_TRUE(cookie.has_reached({}));
    EXPECT_TRUE(Cookie::parse("host:389#dn#1").has_reached({later_1}));
}

TEST(Cookie, IsAheadOfAProviderThatWentBackInTime) {
    const Cookie cookie = Cookie::parse("rid=000,csn=" + later_1 + ";" + only_2);
    EXPECT_FALSE(cookie.is_ahead_of({only_2, later_1, only_a}));
    EXPECT_TRUE(cookie.is_ahead_of({only_2, early_1}));
    EXPECT_TRUE(cookie.is_ahead_of({later_1}));  // knows nothing of server 2
    EXPECT_FALSE(cookie.is_ahead_of({}));        // says nothing at all
    EXPECT_FALSE(Cookie().is_ahead_of({early_1}));
}

}  // namespace
}  // namespace entstream::producer::sync
