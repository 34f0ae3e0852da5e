#include "consumer/merge/cohorts_of_people.hpp"

#include <gtest/gtest.h>

namespace entstream::consumer::merge {
namespace {

const Uuid ana = Uuid::from_name("ana");
const Uuid ben = Uuid::from_name("ben");

CohortDelta cohort(const std::string& idnumber, const std::string& name) {
    CohortDelta made;
    made.uuid = Uuid::from_name(idnumber);
    made.present = true;
    made.name = name;
    made.idnumber = idnumber;
    return made;
}

UserDelta person(const Uuid& uuid, Offset version, std::vector<CohortDelta> cohorts) {
    UserDelta made;
    made.uuid = uuid;
    made.version = version;
    made.present = true;
    made.cohorts = std::move(cohorts);
    for (CohortDelta& one : made.cohorts) {
        one.version = version;
    }
    return made;
}

TEST(CohortsOfPeople, EachCohortComesOnceAsTheLatestRecordNamesIt) {
    // A person's later record stands where his first one stood: users are not in the order of the log.
    const CohortsOfPeople of_people = cohorts_of_people({
        person(ana, 9, {cohort("4A", "new name")}),
        person(ben, 5, {cohort("4A", "old name"), cohort("4B", "4e B")}),
    });
    ASSERT_EQ(of_people.cohorts.size(), 2U);
    EXPECT_EQ(of_people.cohorts[0].name, "new name");
    EXPECT_EQ(of_people.cohorts[0].version, 9);
    EXPECT_EQ(of_people.cohorts[1].name, "4e B");

    ASSERT_EQ(of_people.members.size(), 3U);
    for (const MemberDelta& member : of_people.members) {
        EXPECT_EQ(member.parent_kind, ParentKind::group);
        EXPECT_EQ(member.value, *member.member);
        EXPECT_EQ(member.version, *member.member == ana ? 9 : 5);
        EXPECT_TRUE(member.present);
    }
}

}  // namespace
}  // namespace entstream::consumer::merge
