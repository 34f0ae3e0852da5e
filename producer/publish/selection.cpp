#include "producer/publish/selection.hpp"

#include <algorithm>

#include "common/model/after_image.hpp"

namespace entstream::producer::publish {

namespace {

constexpr const char* entry_csn = "entrycsn";

/// Asked for by ourselves; published only when the configuration names them.
bool is_ours(const std::string& name) {
    return name == "hassubordinates";
}

std::string base_name(const std::string& description) {
    return index::lower_case(description.substr(0, description.find(';')));
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(), [&](const auto& each) { return same_attribute(each, name); });
}

}  // namespace

Selection::Selection(const ProducerConfig& config, index::AttributeNames& names) {
    for (const SearchConfig& search : config.searches) {
        ByKind& kind = kinds_[static_cast<std::size_t>(search.kind)];
        for (const std::string& attribute : search.attributes) {
            names.id(attribute);
            kind.selected.push_back(base_name(attribute));
        }
        if (search.kind != EntryKind::user) {
            kind.member_attribute = index::lower_case(search.member_attribute);
        }
    }
    names.id(create_timestamp);
    for (ByKind& kind : kinds_) {
        kind.selected.push_back(index::lower_case(create_timestamp));
    }
}

Selection::Use Selection::use(EntryKind kind, index::NameId name, const index::AttributeNames& names) {
    ByKind& of_kind = kinds_[static_cast<std::size_t>(kind)];
    if (name >= of_kind.decided.size()) {
        of_kind.decided.resize(names.size(), Use::undecided);
    }
    Use& decided = of_kind.decided[name];
    if (decided == Use::undecided) {
        const std::string base = base_name(names.spelled(name));
        if (base == entry_csn) {
            decided = Use::ignored;
        } else if (base == of_kind.member_attribute) {
            decided = Use::members;
        } else if (contains(of_kind.selected, base)) {
            decided = Use::published;
        } else {
            const bool all = contains(of_kind.selected, "*") || contains(of_kind.selected, "+");
            decided = all && !is_ours(base) ? Use::published : Use::ignored;
        }
    }
    return decided;
}

ProducerConfig agree_by_kind(ProducerConfig config) {
    for (const EntryKind kind : index::entry_kinds) {
        std::vector<std::string> attributes;
        for (const SearchConfig& search : config.searches) {
            if (search.kind != kind) {
                continue;
            }
            for (const std::string& attribute : search.attributes) {
                if (!contains(attributes, attribute)) {
                    attributes.push_back(attribute);
                }
            }
        }
        for (SearchConfig& search : config.searches) {
            if (search.kind == kind) {
                search.attributes = attributes;
            }
        }
    }
    return config;
}

}  // namespace entstream::producer::publish
