#include "consumer/map/selection.hpp"

#include <utility>

namespace entstream::consumer::map {

namespace {

config::Fault fault_of(const ldap::FilterError& error) {
    return {.what = "is not a filter: " + error.to_text(),
            .remedy = "correct it (RFC 4515), like \"(objectClass=person)\""};
}

}  // namespace

tl::expected<Selection, config::Fault> Selection::parse(const std::string& text, const Institutions& institutions) {
    Selection selection;
    selection.text_ = text;
    if (text.empty()) {
        return selection;
    }
    auto filter = ldap::Filter::parse(text);
    if (!filter) {
        return tl::unexpected(fault_of(filter.error()));
    }
    if (!filter->can_be_evaluated()) {
        return tl::unexpected(
            config::Fault{.what = "has an extensible match (:=), which only the directory can evaluate",
                          .remedy = "use =, >= or <= here, or filter in the producer's search"});
    }
    const auto expanded = institutions.expand(text);
    if (!expanded) {
        return tl::unexpected(expanded.error());
    }
    filter = ldap::Filter::parse(*expanded);
    if (!filter) {
        return tl::unexpected(fault_of(filter.error()));
    }
    selection.filter_ = std::move(*filter);
    return selection;
}

}  // namespace entstream::consumer::map
