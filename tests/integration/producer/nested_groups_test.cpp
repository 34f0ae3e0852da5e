// Groups in groups, over a real directory.

#include "tests/integration/producer/producer_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using Names = std::set<std::string>;

class NestedGroups : public ProducerTest {
  protected:
    [[nodiscard]] std::string config_text() const override {
        return "nested_groups = 2\n" + ProducerTest::config_text();
    }

    void await_members(const std::string& group, const Names& expected) {
        Names found;
        EXPECT_TRUE(wait_until([&] {
            log().rest();
            const auto members = log().members();
            const auto of_group = members.find(group);
            found = of_group == members.end() ? Names{} : of_group->second;
            return found == expected;
        })) << group
            << " has " << ::testing::PrintToString(found) << ", wanted " << ::testing::PrintToString(expected) << '\n'
            << program_->err();
    }
};

TEST_F(NestedGroups, TheMembersOfInnerOnesAreMembersOfTheOuterOneAlsoAfterARestart) {
    for (const char* name : {"eva", "max", "ida"}) {
        add_user(name);
    }
    add_group("low", {user_dn("eva")});
    add_group("middle", {group_dn("low")});
    add_group("top", {group_dn("middle"), user_dn("ida")});
    start();
    await_streaming();
    await_members("middle", {"eva"});
    await_members("top", {"eva", "ida"});

    directory_.add_value(group_dn("low"), "member", user_dn("max"));
    await_members("top", {"eva", "ida", "max"});
    directory_.remove_value(group_dn("low"), "member", user_dn("eva"));
    await_members("top", {"ida", "max"});
    await_members("middle", {"max"});
    // A circle.
    directory_.add_value(group_dn("low"), "member", group_dn("top"));
    await_members("low", {"ida", "max"});

    kill();
    directory_.add_value(group_dn("middle"), "member", user_dn("eva"));
    directory_.remove_value(group_dn("low"), "member", group_dn("top"));
    start();
    await_streaming();
    await_members("top", {"eva", "ida", "max"});
    await_members("low", {"max"});
    directory_.rename(group_dn("low"), "cn=lowest");
    directory_.replace(group_dn("middle"), "member", {user_dn("eva"), group_dn("lowest")});
    events();
    await_members("top", {"eva", "ida", "max"});
    directory_.remove(group_dn("lowest"));
    await_members("top", {"eva", "ida"});
    EXPECT_LE(log().most_creates(), 1);
}

}  // namespace
}  // namespace entstream::test
