#include "consumer/map/selection.hpp"

#include <utility>

namespace entstream::consumer::map {

tl::expected<Selection, config::Fault> Selection::parse(const std::string& text) {
    Selection selection;
    if (text.empty()) {
        return selection;
    }
    auto filter = ldap::Filter::parse(text);
    if (!filter) {
        return tl::unexpected(config::Fault{.what = "is not a filter: " + filter.error().to_text(),
                                            .remedy = "correct it (RFC 4515), like \"(objectClass=person)\""});
    }
    if (!filter->can_be_evaluated()) {
        return tl::unexpected(
            config::Fault{.what = "has an extensible match (:=), which only the directory can evaluate",
                          .remedy = "use =, >= or <= here, or filter in the producer's search"});
    }
    selection.filter_ = std::move(*filter);
    return selection;
}

}  // namespace entstream::consumer::map
