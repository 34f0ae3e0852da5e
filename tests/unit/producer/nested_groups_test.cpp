// Groups in groups (nested_groups): the members of the inner ones count as members of the outer one.

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/unit/producer/stream_fixture.hpp"

namespace entstream::producer::test {
namespace {

using sync::EntryState;

class NestedGroups : public StreamTest {
  protected:
    NestedGroups() { config_.nested_groups = 3; }

    /// Users eva, max and ida, and these groups, were read by the first session.
    void begin(const std::vector<sync::EntryMessage>& of_groups) {
        start();
        for (const char* name : {"eva", "max", "ida"}) {
            send(user(name, 1));
            directory_.put(user(name, 1));
        }
        end_refresh({users}, cookie(1));
        for (const sync::EntryMessage& message : of_groups) {
            send(message);
            directory_.put(message);
        }
        end_refresh({groups, roles}, cookie(1));
    }
    void change_group(const std::string& name, int change, const std::vector<std::string>& members) {
        const sync::EntryMessage message = group(name, change, members);
        directory_.put(message);
        persist(message, EntryState::modify, change);
    }
    /// The records since the last call, after what follows from the messages; in the order of the alphabet.
    Events settled() {
        stream_->tick(publish::Stream::Clock::now());
        Events all = events();
        std::sort(all.begin(), all.end());
        return all;
    }
    /// A new process, to which the directory tells nothing new.
    Events restart() {
        start();
        end_refresh({users, groups, roles}, std::nullopt);
        return settled();
    }
    static std::string group_dn(const std::string& name) { return "cn=" + name + ",ou=groups,dc=org"; }
};

TEST_F(NestedGroups, AreLeftAloneWhereTheOptionIsOff) {
    config_.nested_groups = 0;
    begin({group("outer", 1, {group_dn("inner")}), group("inner", 1, {user_dn("eva")})});
    const Events all = settled();
    EXPECT_EQ(std::count(all.begin(), all.end(), "create member outer <" + group_dn("inner") + ">"), 1);
    EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const auto& each) { return each.find(" via ") != each.npos; }),
              0);
}

TEST_F(NestedGroups, BringTheirMembersToTheOuterOne) {
    begin(
        {group("outer", 1, {group_dn("inner"), user_dn("ida")}), group("inner", 1, {user_dn("eva"), user_dn("max")})});
    const Events all = settled();
    for (const char* name : {"eva", "max"}) {
        EXPECT_EQ(std::count(all.begin(), all.end(), std::string("create member outer ") + name + " via inner"), 1);
    }
    EXPECT_EQ(all.size(), 3U + 2U + 4U + 2U);
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(NestedGroups, FollowWhoComesAndGoes) {
    begin({group("outer", 1, {group_dn("inner")}), group("inner", 1, {user_dn("eva")})});
    settled();
    change_group("inner", 2, {user_dn("eva"), user_dn("max")});
    EXPECT_EQ(settled(), (Events{"create member inner max", "create member outer max via inner"}));
    change_group("inner", 3, {user_dn("max")});
    EXPECT_EQ(settled(),
              (Events{"delete member inner eva value_removed", "delete member outer eva via inner value_removed"}));
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(NestedGroups, AreFollowedOverSeveralLevels) {
    begin({group("top", 1, {group_dn("middle")}), group("middle", 1, {group_dn("low")}), group("low", 1, {})});
    settled();
    change_group("low", 2, {user_dn("eva")});
    EXPECT_EQ(settled(), (Events{"create member low eva", "create member middle eva via low",
                                 "create member top eva via middle"}));
    change_group("low", 3, {});
    EXPECT_EQ(settled(),
              (Events{"delete member low eva value_removed", "delete member middle eva via low value_removed",
                      "delete member top eva via middle value_removed"}));
}

TEST_F(NestedGroups, AreFollowedNoDeeperThanTheBound) {
    config_.nested_groups = 1;
    begin({group("top", 1, {group_dn("middle")}), group("middle", 1, {group_dn("low"), user_dn("max")}),
           group("low", 1, {user_dn("eva")})});
    const Events all = settled();
    EXPECT_EQ(std::count(all.begin(), all.end(), "create member middle eva via low"), 1);
    EXPECT_EQ(std::count(all.begin(), all.end(), "create member top max via middle"), 1);
    EXPECT_EQ(std::count(all.begin(), all.end(), "create member top eva via middle"), 0);
    // With the bound raised they are there.
    config_.nested_groups = 2;
    EXPECT_EQ(restart(), Events{"create member top eva via middle"});
}

TEST_F(NestedGroups, MayGoInCircles) {
    begin({group("a", 1, {group_dn("b"), user_dn("eva")}),
           group("b", 1, {group_dn("a"), group_dn("b"), user_dn("max")})});
    const Events all = settled();
    EXPECT_EQ(std::count(all.begin(), all.end(), "create member a max via b"), 1);
    EXPECT_EQ(std::count(all.begin(), all.end(), "create member b eva via a"), 1);
    EXPECT_EQ(std::count(all.begin(), all.end(), "create member a eva via b"), 0);
    change_group("a", 2, {user_dn("eva")});
    const Events apart = settled();
    EXPECT_EQ(apart, (Events{"delete member a <> value_removed", "delete member a max via b value_removed"}));
}

TEST_F(NestedGroups, WhoLeavesByOneWayStaysByTheOther) {
    begin({group("outer", 1, {group_dn("one"), group_dn("two")}), group("one", 1, {user_dn("eva")}),
           group("two", 1, {user_dn("eva")})});
    const Events all = settled();
    EXPECT_EQ(std::count(all.begin(), all.end(), "create member outer eva via one"), 1);
    EXPECT_EQ(std::count(all.begin(), all.end(), "create member outer eva via two"), 1);
    change_group("one", 2, {});
    EXPECT_EQ(settled(),
              (Events{"delete member one eva value_removed", "delete member outer eva via one value_removed"}));
    EXPECT_EQ(restart(), Events{});
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(NestedGroups, AGroupThatComesLaterBringsItsMembersAndTakesThemAlong) {
    begin({group("outer", 1, {group_dn("inner")})});
    settled();
    persist(group("inner", 2, {user_dn("eva")}), EntryState::add, 2);
    EXPECT_EQ(settled(),
              (Events{"create group inner", "create member inner eva", "create member outer eva via inner"}));
    persist_delete(groups, "inner", group_dn("inner"), 3);
    EXPECT_EQ(settled(), (Events{"delete group inner deleted_or_filtered",
                                 "delete member outer eva via inner value_removed", "tombstone of a member of inner"}));
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(NestedGroups, ARenameOfTheInnerGroupEndsNoMembership) {
    begin({group("outer", 1, {group_dn("inner")}), group("inner", 1, {user_dn("eva")})});
    settled();
    const std::string moved = "cn=inner,ou=elsewhere,dc=org";
    const sync::EntryMessage renamed =
        entry(groups, "inner", moved, 2, {{"cn", {"inner"}}, {"member", {user_dn("eva")}}});
    directory_.put(renamed);
    persist(renamed, EntryState::modify, 2);
    EXPECT_EQ(settled(), Events{"update group inner " + group_dn("inner") + " -> " + moved});
    compact_log();
    EXPECT_EQ(restart(), Events{}) << "also where the outer one goes on listing the former DN";
    const sync::EntryMessage back = group("inner", 3, {user_dn("eva")});
    directory_.put(back);
    persist(back, EntryState::modify, 3);
    const Events all = settled();
    EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const auto& each) { return each.find(" via ") != each.npos; }),
              0);
}

TEST_F(NestedGroups, AGroupThatAnOverlayRewroteAfterARenameIsReadAtOnce) {
    begin({group("outer", 1, {group_dn("inner")}), group("inner", 1, {user_dn("eva")})});
    settled();
    const std::string moved = "cn=inner,ou=elsewhere,dc=org";
    const sync::EntryMessage renamed =
        entry(groups, "inner", moved, 2, {{"cn", {"inner"}}, {"member", {user_dn("eva")}}});
    directory_.put(renamed);
    directory_.put(group("outer", 1, {moved}));  // refint does not touch entryCSN
    persist(renamed, EntryState::modify, 2);
    EXPECT_EQ(settled(), (Events{"create member outer <" + moved + ">", "delete member outer <> value_removed",
                                 "update group inner " + group_dn("inner") + " -> " + moved}));
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(NestedGroups, AreKnownAgainAfterARestart) {
    begin({group("top", 1, {group_dn("middle")}), group("middle", 1, {group_dn("low")}),
           group("low", 1, {user_dn("eva"), user_dn("max")})});
    settled();
    compact_log();
    EXPECT_EQ(restart(), Events{});
    EXPECT_EQ(content_of_log(), content_of_index());
    change_group("low", 2, {user_dn("eva")});
    EXPECT_EQ(settled().size(), 3U);
    compact_log();
    EXPECT_EQ(restart(), Events{});
    EXPECT_EQ(content_of_log(), content_of_index());
}

TEST_F(NestedGroups, WhatADeadProcessOwesIsPublishedByTheNextStart) {
    begin({group("outer", 1, {group_dn("inner")}), group("inner", 1, {user_dn("eva")})});
    settled();
    change_group("inner", 2, {user_dn("max")});
    events();  // committed without what follows
    EXPECT_EQ(restart(),
              (Events{"create member outer max via inner", "delete member outer eva via inner value_removed"}));
}

TEST_F(NestedGroups, TurnedOffTheyTakeBackWhatTheyBrought) {
    begin({group("outer", 1, {group_dn("inner")}), group("inner", 1, {user_dn("eva")})});
    settled();
    config_.nested_groups = 0;
    EXPECT_EQ(restart(), Events{"delete member outer eva via inner value_removed"});
    EXPECT_EQ(restart(), Events{});
}

TEST_F(NestedGroups, TheOuterGroupTakesItsMembersAlong) {
    begin({group("outer", 1, {group_dn("inner"), user_dn("ida")}), group("inner", 1, {user_dn("eva")})});
    settled();
    persist_delete(groups, "outer", group_dn("outer"), 2);
    EXPECT_EQ(settled(), (Events{"delete group outer deleted_or_filtered", "tombstone of a member of outer",
                                 "tombstone of a member of outer", "tombstone of a member of outer"}));
    EXPECT_EQ(content_of_log(), content_of_index());
    compact_log();
    EXPECT_EQ(restart(), Events{});
}

TEST_F(NestedGroups, AMemberWhoseUserComesLaterIsBroughtThen) {
    begin({group("outer", 1, {group_dn("inner")}), group("inner", 1, {user_dn("late")})});
    settled();
    persist(user("late", 2), EntryState::add, 2);
    EXPECT_EQ(settled(),
              (Events{"create member outer late via inner", "create user late", "update member inner late"}));
}

TEST_F(NestedGroups, WhoMovesIntoAnInnerGroupIsAMemberAllTheTime) {
    begin({group("outer", 1, {group_dn("inner"), user_dn("eva")}), group("inner", 1, {user_dn("max")})});
    settled();
    change_group("inner", 2, {user_dn("max"), user_dn("eva")});
    change_group("outer", 3, {group_dn("inner")});
    stream_->tick(publish::Stream::Clock::now());
    EXPECT_EQ(events(), (Events{"create member inner eva", "create member outer eva via inner",
                                "delete member outer eva value_removed"}));
    change_group("outer", 4, {group_dn("inner"), user_dn("eva")});
    change_group("inner", 5, {user_dn("max")});
    stream_->tick(publish::Stream::Clock::now());
    EXPECT_EQ(events(), (Events{"create member outer eva", "delete member inner eva value_removed",
                                "delete member outer eva via inner value_removed"}));
}

TEST_F(NestedGroups, RoleObjectsHaveThemToo) {
    begin({group("inner", 1, {user_dn("eva")})});
    settled();
    persist(entry(roles, "r", "cn=r,dc=org", 2, {{"cn", {"r"}}, {"member", {group_dn("inner")}}}), EntryState::add, 2);
    EXPECT_EQ(settled(), (Events{"create member r <" + group_dn("inner") + ">", "create member r eva via inner",
                                 "create role r"}));
}

TEST_F(NestedGroups, ARepublishTellsThemToo) {
    begin({group("outer", 1, {group_dn("inner")}), group("inner", 1, {user_dn("eva")})});
    settled();
    v1::EntryChoice choice;
    choice.set_dn(user_dn("eva"));
    EXPECT_EQ(stream_->treat(choice, publish::Treatment::republish).changes, 3U);
    EXPECT_EQ(settled(), (Events{"update member inner eva", "update member outer eva via inner", "update user eva"}));
    choice.set_dn(group_dn("outer"));
    stream_->treat(choice, publish::Treatment::republish);
    EXPECT_EQ(settled(), (Events{"update group outer", "update member outer <" + group_dn("inner") + ">",
                                 "update member outer eva via inner"}));
}

// Groups that list each other at random are told as a walk over them by hand finds them.
class RandomGroups : public NestedGroups {
  protected:
    using Graph = std::map<std::string, std::set<std::string>>;  ///< names of users and groups by group

    /// Persons by group, by a walk.
    [[nodiscard]] std::map<std::string, std::set<std::string>> walked(const Graph& graph) const {
        std::map<std::string, std::set<std::string>> result;
        for (const auto& [outer, listed] : graph) {
            std::set<std::string> level = {outer};
            std::set<std::string> met = level;
            for (unsigned depth = 0; depth <= config_.nested_groups; ++depth) {
                std::set<std::string> next;
                for (const std::string& group : level) {
                    for (const std::string& name : graph.at(group)) {
                        if (!name.starts_with("g")) {
                            result[outer].insert(name);
                        } else if (graph.contains(name) && met.insert(name).second) {
                            next.insert(name);
                        }
                    }
                }
                level = std::move(next);
            }
        }
        return result;
    }
    /// As the log says.
    std::map<std::string, std::set<std::string>> told() {
        std::map<std::string, v1::Change> last;
        for (const FakeLog::Record& record : log_.records()) {
            if (record.topic != publish::Topic::changes || !record.key.starts_with("member/")) {
                continue;
            }
            last.erase(record.key);
            v1::Change change;
            if (record.value && change.ParseFromString(*record.value) && change.operation() != v1::OPERATION_DELETE &&
                !change.member().member_uuid().empty()) {
                last[record.key] = std::move(change);
            }
        }
        std::map<std::string, std::set<std::string>> result;
        for (const auto& [key, change] : last) {
            result[names_.at(change.member().parent_uuid())].insert(names_.at(change.member().member_uuid()));
        }
        return result;
    }

    std::map<std::string, std::string> names_;  // NOLINT
};

TEST_F(RandomGroups, AreToldAsAWalkFindsThem) {
    begin({});
    settled();
    const std::vector<std::string> people = {"eva", "max", "ida"};
    std::vector<std::string> group_names;
    for (int i = 0; i < 7; ++i) {
        group_names.push_back("g" + std::to_string(i));
        names_[uuid(group_names.back()).to_bytes()] = group_names.back();
    }
    for (const std::string& name : people) {
        names_[uuid(name).to_bytes()] = name;
    }
    std::mt19937 random(11);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
    Graph graph;
    for (int change = 2; change < 400; ++change) {
        const std::string& name = group_names[random() % group_names.size()];
        if (graph.contains(name) && random() % 6 == 0) {
            graph.erase(name);
            directory_.remove(groups, uuid(name));
            persist_delete(groups, name, group_dn(name), change);
        } else {
            std::vector<std::string> members;
            std::set<std::string>& listed = graph[name];
            listed.clear();
            for (const std::string& person : people) {
                if (random() % 4 == 0) {
                    listed.insert(person);
                    members.push_back(user_dn(person));
                }
            }
            for (const std::string& inner : group_names) {
                if (random() % 5 == 0) {
                    listed.insert(inner);
                    members.push_back(group_dn(inner));
                }
            }
            change_group(name, change, members);
        }
        if (random() % 3 != 0) {
            continue;  // several changes are published together
        }
        settled();
        ASSERT_EQ(told(), walked(graph)) << "after change " << change;
        if (random() % 10 == 0) {
            compact_log();
            EXPECT_EQ(restart(), Events{});
        }
        ASSERT_EQ(content_of_log(), content_of_index());
    }
}

TEST_F(NestedGroups, WhatAnotherProgramHidIsPublishedAgain) {
    begin({group("outer", 1, {group_dn("inner")}), group("inner", 1, {user_dn("eva")})});
    settled();
    write_foreign(member_key(uuid("outer"), index::nested_value(uuid("inner"), uuid("eva"))), "no protobuf");
    EXPECT_EQ(restart(), Events{"update member outer eva via inner"});
    EXPECT_EQ(content_of_log(), content_of_index());
}

}  // namespace
}  // namespace entstream::producer::test
