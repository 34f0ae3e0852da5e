#include "producer/publish/container_searches.hpp"

#include <gtest/gtest.h>

namespace entstream::producer::test {
namespace {

using publish::broader_filter;

ProducerConfig config_with(std::vector<SearchConfig> searches) {
    ProducerConfig config;
    config.searches = std::move(searches);
    return publish::with_container_searches(std::move(config));
}

SearchConfig search_of(const std::string& base, const std::string& filter, Scope scope = Scope::subtree) {
    SearchConfig search;
    search.name = "people";
    search.base = base;
    search.scope = scope;
    search.filter = filter;
    return search;
}

TEST(ContainerSearches, PeopleWhoAreNotSelectedAreNoContainers) {
    EXPECT_EQ(broader_filter("(objectClass=ENTPerson)"), "(objectClass=ENTPerson)");
    EXPECT_EQ(broader_filter("(&(uid=*)(objectclass=ENTPerson)(|(a=1)(b=2)))"), "(objectclass=ENTPerson)");
    EXPECT_EQ(broader_filter("(&(objectClass=*)(uid=a))"), "(&(objectClass=*)(uid=a))");
    EXPECT_EQ(broader_filter("(|(objectClass=a)(objectClass=b))"), "(|(objectClass=a)(objectClass=b))");
    EXPECT_EQ(broader_filter("uid=*"), "(uid=*)");
}

TEST(ContainerSearches, EachOutermostBaseIsWatchedOnce) {
    const ProducerConfig config = config_with({search_of("ou=people,dc=org", "(objectClass=ENTPerson)"),
                                               search_of("ou=a, OU=People,dc=org", "(uid=*)"),
                                               search_of("ou=groups,dc=org", "(objectClass=groupOfNames)"),
                                               search_of("ou=level,dc=org", "(uid=*)", Scope::one_level)});
    ASSERT_EQ(config.containers.size(), 2U);
    EXPECT_EQ(config.containers[0].base, "ou=people,dc=org");
    EXPECT_EQ(config.containers[0].filter, "(!(|(objectClass=ENTPerson)(uid=*)))");
    EXPECT_EQ(config.containers[1].filter, "(!(objectClass=groupOfNames))");
    EXPECT_TRUE(config.containers[0].watch);
    EXPECT_EQ(all_searches(config).size(), 6U);
}

TEST(ContainerSearches, WhereEverythingIsShownNothingIsWatched) {
    EXPECT_TRUE(config_with({search_of("dc=org", "(objectClass=*)")}).containers.empty());
}

}  // namespace
}  // namespace entstream::producer::test
