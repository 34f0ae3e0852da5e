// T30, T31: a directory that was restored from a backup. tests/integration/producer/rollback_test.cpp has more of them.

#include "tests/conformance/conformance_fixture.hpp"

namespace entstream::test {
namespace {

class RestoredFromBackup : public OwnSlapd, public Conformance {
  protected:
    RestoredFromBackup() : Conformance(slapd_) {
        more_config_ = "reconnect_first = \"50ms\"\nreconnect_most = \"200ms\"\n";
        for (const char* name : {"eva", "max", "ida"}) {
            add_person(name);
        }
    }

    /// What is published after the backup, and lost with it.
    std::string back_up_and_go_on() {
        stream();
        std::string backup = slapd_.backup();
        directory_.replace(user_dn("eva"), "sn", {"later"});
        remove_user("max");
        add_person("new");
        published();
        return backup;
    }

    void expect_the_way_back(const std::string& sn_of_eva) {
        EXPECT_EQ(published_sorted(), (Lines{created("max"), "delete user new uid=new,ou=people (absent from refresh)",
                                             "update user eva [sn] uid=eva,ou=people {sn=" + sn_of_eva + " uid=eva}"}));
        EXPECT_TRUE(said("has lost changes that were published")) << program_->err();
        expect_log_equals_directory();
    }
};

TEST_F(RestoredFromBackup, T30_WhatItHadIsPublishedAgain) {
    const std::string backup = back_up_and_go_on();
    stop();
    slapd_.restore(backup);
    connect_again();
    start();
    await_streaming();
    expect_the_way_back("x");
}

TEST_F(RestoredFromBackup, T30_UnderARunningProgramWhatItHadIsPublishedAgain) {
    const std::string backup = back_up_and_go_on();
    slapd_.restore(backup);
    connect_again();
    await_streaming();
    expect_the_way_back("x");
}

TEST_F(RestoredFromBackup, T31_AWriteBeforeWeLookDoesNotHideIt) {
    const std::string backup = back_up_and_go_on();
    stop();
    slapd_.restore(backup, [this](DirectoryClient& unseen) { unseen.replace(user_dn("eva"), "sn", {"newest"}); });
    connect_again();
    start();
    await_streaming();
    expect_the_way_back("newest");
}

TEST_F(RestoredFromBackup, T31_UnderARunningProgramAWriteBeforeItLooksDoesNotHideIt) {
    const std::string backup = back_up_and_go_on();
    slapd_.restore(backup, [this](DirectoryClient& unseen) { unseen.replace(user_dn("eva"), "sn", {"newest"}); });
    connect_again();
    await_streaming();
    expect_the_way_back("newest");
}

}  // namespace
}  // namespace entstream::test
