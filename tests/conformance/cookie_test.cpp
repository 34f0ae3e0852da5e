// T24 to T26, T28: cookies that the provider does not take for what they are.

#include "tests/conformance/conformance_fixture.hpp"

namespace entstream::test {
namespace {

constexpr const char* resync_line = "search users: asking for everything";

class Cookies : public Conformance {
  protected:
    using Conformance::Conformance;

    /// "max" was deleted and "ida" changed while nobody looked.
    void begin() {
        for (const char* name : {"eva", "ida", "max"}) {
            add_person(name);
        }
        stream();
        stop();
        directory_.replace(user_dn("ida"), "sn", {"y"});
        remove_user("max");
    }

    void store_cookie(const std::string& cookie, v1::CookieKind kind = v1::COOKIE_KIND_CSN_VECTOR) {
        alter_stored("users", [&](v1::SearchState& state) {
            state.set_cookie(cookie);
            state.set_cookie_kind(kind);
        });
    }

    void expect_differences_only() {
        start();
        await_streaming();
        EXPECT_EQ(published_sorted(), (Lines{"delete user max uid=max,ou=people (absent from refresh)",
                                             "update user ida [sn] uid=ida,ou=people {sn=y uid=ida}"}));
        expect_log_equals_directory();
    }

    void expect_good_cookie() {
        await_stored(context_csns());
        stop();
        EXPECT_EQ(stream(), Lines{});
        EXPECT_FALSE(said(resync_line)) << program_->err();
    }
};

TEST_F(Cookies, T25_AForeignCookieLeadsToDifferencesAndAGoodCookie) {
    begin();
    store_cookie("garbage", v1::COOKIE_KIND_OPAQUE);
    expect_differences_only();
    expect_good_cookie();
}

TEST_F(Cookies, T25_ACookieWhoseCsnIsNoneLeadsToDifferencesAndAGoodCookie) {
    begin();
    store_cookie("rid=000,csn=notacsn");
    expect_differences_only();
    expect_good_cookie();
}

TEST_F(Cookies, T26_WithoutACookieWhatWasDeletedIsStillFound) {
    begin();
    store_cookie("");
    expect_differences_only();
    EXPECT_TRUE(said(resync_line)) << program_->err();
    expect_good_cookie();
}

TEST_F(Cookies, T26_WithACookieWithoutCsnWhatWasDeletedIsStillFound) {
    begin();
    store_cookie("rid=000");
    expect_differences_only();
    EXPECT_TRUE(said(resync_line)) << program_->err();
    expect_good_cookie();
}

constexpr const char* cookie_of_2099 = "rid=000,csn=20991231235959.000000Z#000000#000#000000";

TEST_F(Cookies, T28_ACookieAheadOfTheProviderIsNoticedBeforeItIsSent) {
    begin();
    store_cookie(cookie_of_2099);
    expect_differences_only();
    EXPECT_TRUE(said(resync_line)) << program_->err();
    expect_good_cookie();
}

class HiddenContextCsn : public OwnSlapd, public Cookies {
  protected:
    HiddenContextCsn()
        : OwnSlapd({.lines = {"access to attrs=contextCSN by * none", "access to * by * read"}}), Cookies(slapd_) {}
};

TEST_F(HiddenContextCsn, T28_Result53LeadsToDifferencesOnly) {
    begin();
    store_cookie(cookie_of_2099);
    expect_differences_only();
    EXPECT_TRUE(said("asks to read everything again (result 53")) << program_->err();
    stop();
    EXPECT_EQ(stream(), Lines{});
    EXPECT_FALSE(said(resync_line)) << program_->err();
}

class ReloadHint : public OwnSlapd, public Cookies {
  protected:
    ReloadHint() : OwnSlapd({.session_log = false, .overlay_lines = {"syncprov-reloadhint TRUE"}}), Cookies(slapd_) {}
};

TEST_F(ReloadHint, T24_AStaleCookieIsAnsweredWithContentBecauseWeAskForIt) {
    begin();
    store_cookie("rid=000,csn=20000101000000.000000Z#000000#000#000000");
    expect_differences_only();
    EXPECT_FALSE(said(resync_line)) << program_->err();
    EXPECT_FALSE(said("asks to read everything again")) << program_->err();
    expect_good_cookie();
}

}  // namespace
}  // namespace entstream::test
