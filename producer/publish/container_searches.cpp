#include "producer/publish/container_searches.hpp"

#include <algorithm>
#include <vector>

#include "common/ldap/dn.hpp"
#include "producer/index/attribute_names.hpp"
#include "producer/index/dn_tree.hpp"

namespace entstream::producer::publish {

namespace {

constexpr std::string_view everything = "(objectclass=*)";

/// The components of `(&(...)(...))`, each in parentheses; none when the filter is of another form.
std::vector<std::string_view> conjuncts(std::string_view filter) {
    std::vector<std::string_view> result;
    if (!filter.starts_with("(&")) {
        return result;
    }
    std::size_t depth = 0;
    std::size_t begin = 0;
    for (std::size_t at = 1; at < filter.size(); ++at) {  // parentheses in values are escaped
        if (filter[at] == '(' && depth++ == 0) {
            begin = at;
        } else if (filter[at] == ')' && depth > 0 && --depth == 0) {
            result.push_back(filter.substr(begin, at + 1 - begin));
        }
    }
    return result;
}

bool names_a_class(std::string_view component) {
    const std::string lower = index::lower_case(std::string(component));
    return lower.starts_with("(objectclass=") && lower.find('*') == std::string::npos;
}

std::string normalised(const std::string& dn) {
    return index::ParsedDn(dn).normalised;
}

bool is_watched_with_another(const std::vector<SearchConfig>& searches, std::size_t search) {
    const std::string base = normalised(searches[search].base);
    for (std::size_t other = 0; other < searches.size(); ++other) {
        const std::string above = normalised(searches[other].base);
        if (searches[other].scope == Scope::subtree &&
            (ldap::is_below(base, above) || (above == base && other < search))) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::string broader_filter(std::string_view filter) {
    for (const std::string_view component : conjuncts(filter)) {
        if (names_a_class(component)) {
            return std::string(component);
        }
    }
    return filter.starts_with('(') ? std::string(filter) : "(" + std::string(filter) + ")";
}

ProducerConfig with_container_searches(ProducerConfig config) {
    for (std::size_t search = 0; search < config.searches.size(); ++search) {
        const SearchConfig& outermost = config.searches[search];
        if (outermost.scope != Scope::subtree || is_watched_with_another(config.searches, search)) {
            continue;
        }
        const std::string base = normalised(outermost.base);
        std::vector<std::string> shown;
        for (const SearchConfig& other : config.searches) {
            const std::string below = normalised(other.base);
            std::string filter = broader_filter(other.filter);
            if ((below == base || ldap::is_below(below, base)) &&
                std::find(shown.begin(), shown.end(), filter) == shown.end()) {
                shown.push_back(std::move(filter));
            }
        }
        if (std::any_of(shown.begin(), shown.end(),
                        [](const std::string& filter) { return index::lower_case(filter) == everything; })) {
            continue;
        }
        std::string all;
        for (const std::string& filter : shown) {
            all += filter;
        }
        SearchConfig& containers = config.containers.emplace_back();
        containers.name = "containers of " + outermost.name;
        containers.base = outermost.base;
        containers.filter = shown.size() == 1 ? "(!" + all + ")" : "(!(|" + all + "))";
        containers.watch = true;
    }
    return config;
}

}  // namespace entstream::producer::publish
