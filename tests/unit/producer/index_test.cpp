#include "producer/index/index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "common/ldap/dn.hpp"

namespace entstream::producer::index {
namespace {

Uuid uuid(const std::string& name) {
    return Uuid::from_name(name);
}

ValueHash value(const std::string& dn) {
    return ldap::hash128(*ldap::normalise_dn(dn));
}

Image image_of(Index& index, const std::map<std::string, std::vector<std::string>>& attributes) {
    Image image;
    for (const auto& [name, values] : attributes) {
        ValueSetHash hash;
        for (const std::string& one : values) {
            hash.add(one);
        }
        image.push_back({.name = index.names.id(name), .values = hash.get()});
    }
    sort_image(image);
    return image;
}

EntryRef put(Index& index, EntryKind kind, const std::string& name, const std::string& dn) {
    const EntryRef ref{.kind = kind, .slot = index.table(kind).find_or_add(uuid(name))};
    index.set(ref, ParsedDn(dn), image_of(index, {{"cn", {name}}}), {});
    return ref;
}

TEST(PackedCsn, OrdersAsTheTextDoes) {
    const std::vector<std::string> ascending = {
        "20261122101112.123456Z#000000#000#000000", "20261122101112.123456Z#000000#001#000000",
        "20261122101112.123456Z#000000#001#000001", "20261122101112.123456Z#00000a#000#000000",
        "20261122101112.123457Z#000000#000#000000", "20261231235959.000000Z#000000#000#000000"};
    for (std::size_t i = 1; i < ascending.size(); ++i) {
        EXPECT_LT(PackedCsn::parse(ascending[i - 1]), PackedCsn::parse(ascending[i])) << ascending[i];
    }
    EXPECT_EQ(PackedCsn::parse(ascending[1]).sid(), 1U);
    EXPECT_FALSE(PackedCsn::parse("").known());
    EXPECT_FALSE(PackedCsn::parse("20261122101112Z#000000#00#000000").known());
}

TEST(Image, OrderOfValuesAndAttributesHasNoMeaning) {
    Index index;
    const Image before = image_of(index, {{"cn", {"a", "b"}}, {"sn", {"c"}}});
    const Image same = image_of(index, {{"SN", {"c"}}, {"CN", {"b", "a"}}});
    EXPECT_EQ(before, same);
    EXPECT_TRUE(changed_names(before, same).empty());
}

TEST(Image, NamesTheAttributesThatDiffer) {
    Index index;
    const Image before = image_of(index, {{"cn", {"a"}}, {"mail", {"x"}}, {"sn", {""}}});
    const Image after = image_of(index, {{"cn", {"a", "b"}}, {"sn", {}}, {"uid", {"u"}}});
    std::vector<std::string> names;
    for (const NameId name : changed_names(before, after)) {
        names.push_back(index.names.spelled(name));
    }
    EXPECT_EQ(names, (std::vector<std::string>{"cn", "mail", "sn", "uid"}));
}

TEST(Index, FindsEntriesByUuidAndDn) {
    Index index;
    const EntryRef eva = put(index, EntryKind::user, "eva", "uid=Eva,ou=People,dc=org");
    const EntryTable& users = index.table(EntryKind::user);
    EXPECT_EQ(users.find(uuid("eva")), eva.slot);
    EXPECT_EQ(users.find_dn(value("UID=eva, OU=people,dc=org")), eva.slot);
    EXPECT_EQ(index.dn(eva), "uid=Eva,ou=People,dc=org");
    EXPECT_EQ(users.find(uuid("max")), no_slot);

    index.remove(eva);
    EXPECT_EQ(users.find_dn(value("uid=eva,ou=people,dc=org")), no_slot);
    EXPECT_EQ(users.find(uuid("eva")), eva.slot) << "a member may still name the entry";
    EXPECT_FALSE(index.entry(eva).present());
    EXPECT_EQ(users.present(), 0U);
}

TEST(Index, KeepsTheSpellingOfEachDn) {
    Index index;
    for (const char* dn :
         {"uid=a,ou=People,dc=org", "uid=b,OU=people, dc=org", "dc=org", "cn=Doe\\, John,ou=x,dc=org"}) {
        EXPECT_EQ(index.dn(put(index, EntryKind::user, dn, dn)), dn);
    }
}

TEST(Index, KnowsWhatLiesBelow) {
    Index index;
    const EntryRef top = put(index, EntryKind::user, "top", "ou=x,dc=org");
    const EntryRef child = put(index, EntryKind::user, "child", "uid=k,OU=X,dc=org");
    const EntryRef deep = put(index, EntryKind::group, "deep", "cn=g,ou=missing,ou=x,dc=org");
    put(index, EntryKind::user, "beside", "uid=k,ou=xx,dc=org");

    EXPECT_TRUE(index.has_entries_below(ParsedDn("ou=X,dc=org")));
    EXPECT_TRUE(index.has_entries_below(ParsedDn("ou=missing,ou=x,dc=org")));
    EXPECT_FALSE(index.has_entries_below(ParsedDn("uid=k,ou=x,dc=org")));
    EXPECT_EQ(index.entries_below(ParsedDn("ou=x,dc=org")), (std::vector<EntryRef>{child, deep}));

    index.set(child, ParsedDn("uid=k,ou=y,dc=org"), {}, {});
    index.remove(deep);
    EXPECT_FALSE(index.has_entries_below(ParsedDn("ou=x,dc=org")));
    EXPECT_TRUE(index.entry(top).present());
}

EntryRef put_since(Index& index, const std::string& name, const std::string& dn, int second) {
    const EntryRef ref{.kind = EntryKind::user, .slot = index.table(EntryKind::user).find_or_add(uuid(name))};
    index.set(ref, ParsedDn(dn), image_of(index, {{"cn", {name}}}),
              PackedCsn::parse("202611221011" + std::to_string(second) + ".000000Z#000000#000#000000"));
    return ref;
}

TEST(Index, OfSeveralAtOneDnTheNewestHasItWhateverTheOrder) {
    const std::string dn = "uid=a,dc=org";
    for (const bool newest_first : {true, false}) {
        Index index;
        const EntryTable& users = index.table(EntryKind::user);
        const EntryRef newest = put_since(index, newest_first ? "newest" : "older", dn, newest_first ? 30 : 20);
        const EntryRef older = put_since(index, newest_first ? "older" : "newest", dn, newest_first ? 20 : 30);
        const EntryRef oldest = put_since(index, "oldest", dn, 10);
        const EntryRef& holder = newest_first ? newest : older;
        const EntryRef& other = newest_first ? older : newest;
        EXPECT_EQ(users.find_dn(value(dn)), holder.slot);
        index.remove(other);
        EXPECT_EQ(users.find_dn(value(dn)), holder.slot) << "not the leaver's any more";
        put_since(index, newest_first ? "newest" : "older", "uid=b,dc=org", 40);
        put_since(index, newest_first ? "older" : "newest", "uid=c,dc=org", 40);
        EXPECT_EQ(users.find_dn(value(dn)), oldest.slot) << "who remains gets it back";
        index.remove(oldest);
        EXPECT_EQ(users.find_dn(value(dn)), no_slot);
    }
}

TEST(Index, KnowsWhichDnsPassedOn) {
    Index index;
    const auto passed_on = [&index] {
        auto dns = index.take_passed_on();
        std::sort(dns.begin(), dns.end());
        return dns;
    };
    using Dns = std::vector<ValueHash>;
    const EntryRef eva = put(index, EntryKind::user, "eva", "uid=eva,dc=org");
    put(index, EntryKind::user, "max", "uid=max,dc=org");
    EXPECT_EQ(passed_on(), Dns{}) << "nobody had these before";
    index.remove(eva);
    EXPECT_EQ(passed_on(), Dns{}) << "nobody has it yet";
    put(index, EntryKind::user, "max", "uid=eva,dc=org");
    EXPECT_EQ(passed_on(), Dns{value("uid=eva,dc=org")});
    put(index, EntryKind::user, "new", "uid=max,dc=org");
    EXPECT_EQ(passed_on(), Dns{value("uid=max,dc=org")});
    put(index, EntryKind::group, "group", "uid=eva,dc=org");
    EXPECT_EQ(passed_on(), Dns{}) << "members name users";
}

TEST(Index, ForgetsVacatedDnsThatNoMemberHoldsAndNoOthers) {
    Index index;
    const EntryRef group = put(index, EntryKind::group, "g", "cn=g,dc=org");
    const EntryRef eva = put(index, EntryKind::user, "eva", "uid=eva,dc=org");
    index.members(EntryKind::group).put(group.slot, {.value = value("uid=eva,dc=org"), .user = eva.slot});
    index.remove(eva);
    for (int i = 0; i < 20000; ++i) {
        const std::string dn = "uid=u" + std::to_string(i) + ",dc=org";
        index.remove(put(index, EntryKind::user, "u" + std::to_string(i), dn));
    }
    put(index, EntryKind::user, "heir", "uid=eva,dc=org");
    EXPECT_EQ(index.take_passed_on(), std::vector<ValueHash>{value("uid=eva,dc=org")});
    EXPECT_EQ(index.parents_misnaming({value("uid=eva,dc=org")}), std::vector<EntryRef>{group});
}

TEST(Index, AwaitedMembersAreNamedInTurn) {
    Index index;
    const EntryRef group = put(index, EntryKind::group, "g", "cn=g,dc=org");
    std::set<std::string> all;
    for (int i = 0; i < 100; ++i) {
        const std::string dn = "uid=" + std::to_string(i) + ",dc=org";
        index.await(group, value(dn), dn);
        all.insert(dn);
    }
    std::set<std::string> named;
    for (int call = 0; call < 20; ++call) {
        for (const std::string& dn : index.next_awaited(10)) {
            named.insert(dn);
        }
    }
    EXPECT_EQ(named, all);
}

TEST(Index, FindsTheGroupsThatHoldAValue) {
    Index index;
    const EntryRef first = put(index, EntryKind::group, "g1", "cn=g1,dc=org");
    const EntryRef second = put(index, EntryKind::role, "r1", "cn=r1,dc=org");
    put(index, EntryKind::group, "g2", "cn=g2,dc=org");
    index.members(EntryKind::group).put(first.slot, {.value = value("uid=a"), .user = 7});
    index.members(EntryKind::role).put(second.slot, {.value = value("uid=a"), .user = 7});
    index.members(EntryKind::role).put(second.slot, {.value = value("uid=b"), .user = no_slot});
    EXPECT_EQ(index.member_count(), 3U);

    EXPECT_EQ(index.parents_holding({value("uid=a")}), (std::vector<EntryRef>{first, second}));
    std::vector<ValueHash> many(20);
    many.push_back(value("uid=b"));
    EXPECT_EQ(index.parents_holding(many), std::vector<EntryRef>{second});

    EXPECT_TRUE(index.members(EntryKind::role).erase(second.slot, value("uid=b")));
    EXPECT_FALSE(index.members(EntryKind::role).erase(second.slot, value("uid=b")));
    EXPECT_TRUE(index.parents_holding(many).empty());
}

TEST(Index, AwaitedMembersAreTakenOnce) {
    Index index;
    const EntryRef group{.kind = EntryKind::group, .slot = 0};
    const EntryRef role{.kind = EntryKind::role, .slot = 0};
    index.await(group, value("uid=a"), "uid=A");
    index.await(role, value("uid=a"), "uid=a");
    index.await(role, value("uid=b"), "uid=b");
    index.stop_awaiting(role, value("uid=a"));
    EXPECT_EQ(index.take_awaiting(value("uid=a")), (Awaited{{group, "uid=A"}}));
    EXPECT_TRUE(index.take_awaiting(value("uid=a")).empty());
}

TEST(SlotIndex, AgreesWithAMapOverManyChanges) {
    std::mt19937_64 random(42);  // NOLINT: a fixed seed makes the test repeatable
    SlotIndex index;
    std::map<Slot, std::uint64_t> model;
    for (int step = 0; step < 20000; ++step) {
        const auto slot = static_cast<Slot>(random() % 500);
        if (const auto known = model.find(slot); known != model.end()) {
            index.erase(known->second, slot);
            model.erase(known);
        } else {
            const std::uint64_t hash = random() % 200;  // many collisions
            index.insert(hash, slot);
            model[slot] = hash;
        }
        const auto probe = static_cast<Slot>(random() % 500);
        const auto expected = model.find(probe);
        const std::uint64_t hash = expected == model.end() ? probe % 200 : expected->second;
        EXPECT_EQ(index.find(hash, [&](Slot found) { return found == probe; }),
                  expected == model.end() ? no_slot : probe);
    }
}

}  // namespace
}  // namespace entstream::producer::index
