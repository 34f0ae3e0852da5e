#include "consumer/merge/settled_accounts.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace entstream::consumer::merge {
namespace {

const Uuid ana_uuid = Uuid::from_name("ana");
const Uuid ben_uuid = Uuid::from_name("ben");
constexpr Offset applied = 7;

std::vector<std::size_t> places(const std::vector<UserField>& fields) {
    std::vector<std::size_t> result;
    result.reserve(fields.size());
    for (const UserField field : fields) {
        result.push_back(static_cast<std::size_t>(field));
    }
    return result;
}

class SettledAccountsTest : public ::testing::Test {
  protected:
    SettledAccountsTest() {
        settled_.add(ana_uuid.to_text() + "\t7\tana1\tAna\tLE GALL\t\n");
        settled_.add(ben_uuid.to_text() + "\t7\tben1\tBen\tLE\\tGALL\t\n");
    }

    static UserDelta ana() {
        UserDelta user;
        user.uuid = ana_uuid;
        user.version = applied;
        user.present = true;
        user[UserField::username] = "ana1";
        user[UserField::firstname] = "Ana";
        user[UserField::lastname] = "LE GALL";
        user[UserField::city] = "";
        return user;
    }
    bool takes_out(const UserDelta& user) {
        std::vector<UserDelta> users = {user};
        settled_.take_out(users);
        return users.empty();
    }

    SettledAccounts settled_{// NOLINT(*-visibility*)
                             places({UserField::username, UserField::firstname, UserField::lastname, UserField::city})};
};

TEST_F(SettledAccountsTest, WhoIsAsHisRecordSaysIsTakenOut) {
    EXPECT_TRUE(takes_out(ana()));
}

TEST_F(SettledAccountsTest, AFieldThatIsNotGivenStaysAsItIs) {
    UserDelta user = ana();
    user[UserField::lastname].reset();
    EXPECT_TRUE(takes_out(user));
}

TEST_F(SettledAccountsTest, AnyOtherTextIsPlanned) {
    for (const UserField field : {UserField::username, UserField::firstname, UserField::lastname, UserField::city}) {
        SettledAccounts fresh = settled_;
        std::vector<UserDelta> users = {ana()};
        users[0][field] = "other";
        fresh.take_out(users);
        EXPECT_EQ(users.size(), 1U);
    }
}

TEST_F(SettledAccountsTest, TextsThatHaveChangedPlacesArePlanned) {
    UserDelta user = ana();
    std::swap(user[UserField::firstname], user[UserField::lastname]);
    EXPECT_FALSE(takes_out(user));
}

TEST_F(SettledAccountsTest, WhatIsNotComparedIsPlanned) {
    UserDelta user = ana();
    user[UserField::theme] = "boost";
    EXPECT_FALSE(takes_out(user));
}

TEST_F(SettledAccountsTest, AnotherVersionIsPlanned) {
    UserDelta user = ana();
    user.version = applied + 1;
    EXPECT_FALSE(takes_out(user));
}

TEST_F(SettledAccountsTest, WhoLeavesIsPlanned) {
    UserDelta leaver = ana();
    leaver.present = false;
    EXPECT_FALSE(takes_out(leaver));
}

TEST_F(SettledAccountsTest, WhoHasAProblemIsPlanned) {
    UserDelta user = ana();
    user.problem = "email: the entry gives nothing for it";
    EXPECT_FALSE(takes_out(user));
}

TEST_F(SettledAccountsTest, WhoseTextsMustBeUnescapedIsPlanned) {
    UserDelta user = ana();
    user.uuid = ben_uuid;
    user[UserField::username] = "ben1";
    user[UserField::firstname] = "Ben";
    user[UserField::lastname] = "LE\tGALL";
    EXPECT_FALSE(takes_out(user));
}

TEST_F(SettledAccountsTest, WhoseEarlierRecordWasLeftInIsPlannedByTheNewest) {
    UserDelta earlier = ana();
    earlier.version = applied - 1;
    EXPECT_FALSE(takes_out(earlier));
    EXPECT_FALSE(takes_out(ana()));
}

}  // namespace
}  // namespace entstream::consumer::merge
