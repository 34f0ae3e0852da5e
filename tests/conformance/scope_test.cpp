// T13 to T16: subtrees that cross the border of a search, whose provider says nothing of what lies in them.

#include "tests/conformance/conformance_fixture.hpp"

namespace entstream::test {
namespace {

Slapd& without_any_log() {
    static Slapd slapd({.session_log = false});
    return slapd;
}

/// ou=x with k1 and k2 in it, inside or outside of the search below ou=a.
class Border : public Conformance {
  protected:
    Border() { prepare(); }
    explicit Border(const Slapd& slapd) : Conformance(slapd) { prepare(); }

    void prepare() {
        users_filter_ = "(|(objectClass=inetOrgPerson)(ou=x))";
        user_attributes_ = {"uid", "sn", "ou"};
        add_container("a");
        add_container("b");
        users_base_ = "ou=a," + base_;
        marker_parent_ = users_base_;
    }

    void add_subtree(const std::string& parent) {
        add_container("x", "ou=" + parent + ',' + base_);
        add_person("k1", "ou=x,ou=" + parent + ',' + base_);
        add_person("k2", "ou=x,ou=" + parent + ',' + base_);
    }

    void move_subtree(const std::string& from, const std::string& to) {
        directory_.rename("ou=x,ou=" + from + ',' + base_, "ou=x", "ou=" + to + ',' + base_);
    }

    Lines streamed_sorted() {
        start();
        await_streaming();
        EXPECT_FALSE(said("asking for everything")) << program_->err();
        return published_sorted();
    }

    /// From outside, while nobody looks.
    void move_in_offline() {
        add_subtree("b");
        EXPECT_EQ(stream(), Lines{});
        stop();
        move_subtree("b", "a");
        EXPECT_EQ(streamed_sorted(), moved_in_);
        expect_log_equals_directory();
    }

    /// \param reason  of the top, as the provider shows it; what lies below is looked for and not found
    void move_out_offline(const std::string& reason, const std::string& reason_below) {
        add_subtree("a");
        stream();
        stop();
        move_subtree("a", "b");
        EXPECT_EQ(streamed_sorted(), (Lines{"delete user k1 uid=k1,ou=x,ou=a (" + reason_below + ")",
                                            "delete user k2 uid=k2,ou=x,ou=a (" + reason_below + ")",
                                            "delete user x ou=x,ou=a (" + reason + ")"}));
        expect_log_equals_directory();
    }

    const Lines moved_in_ = {created("k1", "ou=x,ou=a"), created("k2", "ou=x,ou=a"), "create user x ou=x,ou=a {ou=x}"};
};

class BorderPresent : public Border {
  protected:
    BorderPresent() : Border(without_any_log()) {}
};

TEST_F(Border, T13_ASubtreeThatComesIn) {
    add_subtree("b");
    EXPECT_EQ(stream(), Lines{});
    move_subtree("b", "a");
    EXPECT_EQ(published_sorted(), moved_in_);
    expect_log_equals_directory();
}

TEST_F(BorderPresent, T14_ASubtreeThatCameInIsFoundAmongWhatIsPresent) {
    move_in_offline();
}

TEST_F(Border, T15_ASubtreeThatCameInIsFoundThoughTheSessionLogNamesItsTopAlone) {
    move_in_offline();
}

TEST_F(Border, T16_ASubtreeThatLeaves) {
    add_subtree("a");
    stream();
    move_subtree("a", "b");
    EXPECT_EQ(published_sorted(), (Lines{"delete user k1 uid=k1,ou=x,ou=a (moved out of scope)",
                                         "delete user k2 uid=k2,ou=x,ou=a (moved out of scope)",
                                         "delete user x ou=x,ou=b (moved out of scope)"}));
    expect_log_equals_directory();
}

TEST_F(Border, T16_ASubtreeThatLeftIsMissedThoughTheSessionLogNamesItsTopAlone) {
    move_out_offline("deleted or filtered", "moved out of scope");
}

TEST_F(BorderPresent, T16_ASubtreeThatLeftIsMissedAmongWhatIsPresent) {
    move_out_offline("absent from refresh", "absent from refresh");
}

}  // namespace
}  // namespace entstream::test
