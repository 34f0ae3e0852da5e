// What goes wrong on the way to the provider or in it, and what an operator reads then.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/integration/sync/recorder.hpp"
#include "tests/integration/sync/replayed_provider.hpp"
#include "tests/integration/sync/slapd.hpp"

namespace entstream::producer::sync {
namespace {

using ldap::ErrorClass;
using ldap::LdapError;
using test::config_for;
using test::group_search;
using test::Recorder;
using test::Slapd;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// The error of a connect() that must not succeed.
LdapError refusal(const ProducerConfig& config) {
    SyncReader reader(config);
    try {
        reader.connect();
    } catch (const LdapError& error) {
        return error;
    }
    ADD_FAILURE() << "connect() succeeded";
    return {0, "", ""};
}

TEST(Failure, WrongPasswordNamesTheKeysAndNotThePassword) {
    Slapd slapd;
    ProducerConfig config = config_for(slapd);
    config.ldap.bind_password = "wrong-password";
    const LdapError error = refusal(config);
    EXPECT_EQ(error.result_code(), LDAP_INVALID_CREDENTIALS);
    EXPECT_EQ(error.error_class(), ErrorClass::auth);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(slapd.uri()), HasSubstr(Slapd::reader_dn),
                                    HasSubstr("ldap.bind_password"), Not(HasSubstr("wrong-password"))));
}

TEST(Failure, EmptyPasswordIsNotSentAsAnAnonymousBind) {
    Slapd slapd;
    ProducerConfig config = config_for(slapd);
    config.ldap.bind_password.clear();
    const LdapError error = refusal(config);
    EXPECT_EQ(error.error_class(), ErrorClass::config);
    EXPECT_THAT(error.what(), HasSubstr("ldap.bind_password"));
}

TEST(Failure, UnreachableServerIsTransientAndNamed) {
    Slapd slapd;
    slapd.stop();
    const LdapError error = refusal(config_for(slapd));
    EXPECT_EQ(error.result_code(), LDAP_SERVER_DOWN);
    EXPECT_EQ(error.error_class(), ErrorClass::transient);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(slapd.uri()), HasSubstr("ldap.uri")));
}

TEST(Failure, TheNextServerIsAskedWhenOneIsDead) {
    Slapd dead;
    Slapd slapd;
    dead.stop();
    ProducerConfig config = config_for(slapd);
    config.ldap.uri = dead.uri() + ' ' + slapd.uri();
    Recorder stream(config);
    EXPECT_EQ(stream.provider().uri, slapd.uri());
    stream.end_of_refresh();

    slapd.stop();
    const LdapError error = refusal(config);
    EXPECT_EQ(error.error_class(), ErrorClass::transient);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(dead.uri()), HasSubstr(slapd.uri())));
}

TEST(Failure, TheNextServerIsAskedWhenOneHangs) {
    Slapd hanging;
    Slapd slapd;
    hanging.freeze();
    ProducerConfig config = config_for(slapd);
    config.ldap.uri = hanging.uri() + ' ' + slapd.uri();
    config.ldap.timeout = std::chrono::milliseconds(500);
    EXPECT_EQ(SyncReader(config).connect().uri, slapd.uri());
}

// Every server has the same accounts: asking the next one would only count another failed attempt.
TEST(Failure, AWrongPasswordIsNotTriedOnTheNextServer) {
    Slapd slapd;
    Slapd next;
    ProducerConfig config = config_for(slapd);
    config.ldap.uri = slapd.uri() + ' ' + next.uri();
    config.ldap.bind_password = "wrong";
    const LdapError error = refusal(config);
    EXPECT_EQ(error.error_class(), ErrorClass::auth);
    EXPECT_THAT(error.what(), Not(HasSubstr(next.uri())));
}

TEST(Failure, WhatIsNoLdapUriIsConfiguration) {
    ProducerConfig config;
    config.ldap.uri = "http://127.0.0.1";
    const LdapError error = refusal(config);
    EXPECT_EQ(error.error_class(), ErrorClass::config);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("http://127.0.0.1"), HasSubstr("ldap.uri")));
}

TEST(Failure, BaseThatDoesNotExistNamesItsSearch) {
    Slapd slapd;
    ProducerConfig config = config_for(slapd);
    config.searches.push_back(group_search());
    config.searches[1].base = "ou=nowhere,dc=fr";
    const LdapError error = refusal(config);
    EXPECT_EQ(error.result_code(), LDAP_NO_SUCH_OBJECT);
    EXPECT_EQ(error.error_class(), ErrorClass::config);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("\"groups\""), HasSubstr("ou=nowhere,dc=fr")));

    config.searches[1].base = "ou=people,dc=de";
    EXPECT_THAT(refusal(config).what(), AllOf(HasSubstr("\"groups\""), HasSubstr("ou=people,dc=de")));
    config.searches[1].base = "nowhere";
    EXPECT_THAT(refusal(config).what(),
                AllOf(HasSubstr("\"groups\""), HasSubstr("\"nowhere\""), HasSubstr("not a DN")));
}

TEST(Failure, MalformedFilterNamesTheFilter) {
    Slapd slapd;
    ProducerConfig config = config_for(slapd);
    config.searches[0].filter = "(&(uid=*)";
    Recorder stream(config);
    const auto end = stream.next<DisconnectedMessage>();
    EXPECT_EQ(end.error_class, ErrorClass::config);
    EXPECT_THAT(end.why, HasSubstr("(&(uid=*)"));
}

// T40
TEST(Failure, ProviderWithoutSyncprovSaysWhatIsMissing) {
    Slapd slapd({.load_syncprov = false, .syncprov = false});
    const LdapError error = refusal(config_for(slapd));
    EXPECT_EQ(error.result_code(), LDAP_UNAVAILABLE_CRITICAL_EXTENSION);
    EXPECT_EQ(error.error_class(), ErrorClass::config);
    EXPECT_THAT(error.what(), HasSubstr("provider without syncprov"));
}

// A replayed server, because neither of the two that are known can pretend to be another.
TEST(Failure, AnotherKindOfServerIsRefused) {
    const test::ReplayedProvider provider({}, "top");
    ProducerConfig config;
    config.ldap.uri = provider.uri();
    config.searches = {{.name = "users", .kind = EntryKind::user, .base = "ou=people,dc=fr", .attributes = {"uid"}}};
    const LdapError error = refusal(config);
    EXPECT_EQ(error.result_code(), LDAP_UNAVAILABLE_CRITICAL_EXTENSION);
    EXPECT_EQ(error.error_class(), ErrorClass::config);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(provider.uri()), HasSubstr("neither OpenLDAP nor 389 Directory Server")));
}

TEST(Failure, DatabaseWithoutSyncprovIsNotReadAsAnOrdinarySearch) {
    Slapd slapd({.syncprov = false});
    slapd.add_person("jean");
    Recorder stream(config_for(slapd));
    EXPECT_EQ(stream.next<DoneMessage>().result_code, LDAP_UNAVAILABLE_CRITICAL_EXTENSION);
    const auto end = stream.next<DisconnectedMessage>();
    EXPECT_EQ(end.error_class, ErrorClass::config);
    EXPECT_THAT(end.why, AllOf(HasSubstr("\"users\""), HasSubstr("syncprov")));
    EXPECT_TRUE(stream.entries().empty());
}

// T38
TEST(Failure, SizeLimitIsNoEndOfRefresh) {
    Slapd slapd({.lines = {"sizelimit 10"}});
    for (int i = 0; i < 12; ++i) {
        slapd.add_person("p" + std::to_string(i));
    }
    Recorder stream(config_for(slapd));
    const auto done = stream.next<DoneMessage>();
    EXPECT_EQ(done.result_code, LDAP_SIZELIMIT_EXCEEDED);
    EXPECT_EQ(done.cookie, std::nullopt);
    EXPECT_EQ(done.refresh_deletes, std::nullopt);
    const auto end = stream.next<DisconnectedMessage>();
    EXPECT_EQ(end.error_class, ErrorClass::config);
    EXPECT_THAT(end.why, HasSubstr("olcLimits"));
    EXPECT_EQ(stream.entries().size(), 10U);
    EXPECT_TRUE(stream.cookie().empty());
}

// T42
TEST(Failure, HungServerIsNoticedInPersist) {
    Slapd slapd;
    ProducerConfig config = config_for(slapd);
    config.ldap.timeout = std::chrono::milliseconds(500);
    Recorder stream(config);
    stream.end_of_refresh();
    slapd.freeze();
    const auto end = stream.next<DisconnectedMessage>();
    EXPECT_EQ(end.error_class, ErrorClass::transient);
    EXPECT_THAT(end.why, AllOf(HasSubstr(slapd.uri()), HasSubstr("silent")));
}

TEST(Failure, HungServerIsNoticedWhileConnecting) {
    Slapd slapd;
    ProducerConfig config = config_for(slapd);
    config.ldap.timeout = std::chrono::milliseconds(500);
    slapd.freeze();
    const LdapError error = refusal(config);
    EXPECT_EQ(error.result_code(), LDAP_TIMEOUT);
    EXPECT_EQ(error.error_class(), ErrorClass::transient);
    EXPECT_THAT(error.what(), HasSubstr("no answer"));
}

TEST(Failure, StopEndsAConnectThatHangs) {
    Slapd slapd;
    ProducerConfig config = config_for(slapd);
    config.ldap.timeout = std::chrono::hours(1);
    slapd.freeze();
    SyncReader reader(config);
    std::jthread connecting([&reader] { EXPECT_THROW(reader.connect(), LdapError); });
    reader.stop();
}

// The database went back in time behind our cookie: result 53, and the probe before the search tells it as well.
TEST(Failure, CookieFromTheFutureIsRefused) {
    Slapd slapd;
    const std::string csn = "20991231235959.000000Z#000000#000#000000";
    const std::string cookie = "rid=000,csn=" + csn;
    Recorder stream(config_for(slapd), {cookie});
    EXPECT_TRUE(Cookie::parse(cookie).is_ahead_of(stream.provider().context_csns));
    EXPECT_EQ(stream.next<DoneMessage>().result_code, LDAP_UNWILLING_TO_PERFORM);
    EXPECT_EQ(stream.next<DisconnectedMessage>().error_class, ErrorClass::transient);
}

}  // namespace
}  // namespace entstream::producer::sync
