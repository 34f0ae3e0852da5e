#include "producer/publish/fingerprint.hpp"

#include <algorithm>
#include <set>

#include "common/ldap/dn.hpp"
#include "common/model/after_image.hpp"
#include "producer/index/attribute_names.hpp"
#include "producer/publish/kinds.hpp"
#include "producer/publish/selection.hpp"

namespace entstream::producer::publish {

namespace {

std::string_view scope_name(Scope scope) {
    switch (scope) {
        case Scope::base:
            return "base";
        case Scope::one_level:
            return "one";
        case Scope::subtree:
            return "sub";
    }
    return {};
}

/// Parts are told apart by a character that none of them holds.
class Digest {
  public:
    Digest& operator<<(std::string_view part) {
        text_ += part;
        text_ += '\0';
        return *this;
    }
    [[nodiscard]] std::string hex() const {
        std::string hex = ldap::hash128(text_).to_text();
        std::erase(hex, '-');
        return hex;
    }

  private:
    std::string text_;
};

std::string canonical_dn(const std::string& dn) {
    return ldap::normalise_dn(dn).value_or(dn);
}

}  // namespace

std::string fingerprint(const SearchConfig& search, const ProducerConfig& config) {
    Digest view;
    view << canonical_dn(search.base) << scope_name(search.scope) << search.filter << canonical_dn(config.ldap.bind_dn);
    Digest look;
    std::set<std::string> attributes;
    for (const std::string& attribute : search.attributes) {
        attributes.insert(index::lower_case(attribute));
    }
    for (const std::string& attribute : attributes) {
        look << attribute;
    }
    if (search.kind != EntryKind::user) {
        look << "member" << index::lower_case(search.member_attribute);
    }
    return view.hex() + '-' + look.hex();
}

bool same_view(std::string_view left, std::string_view right) {
    return left.substr(0, left.find('-')) == right.substr(0, right.find('-'));
}

std::string view_id(std::string_view fingerprint, std::string_view suffix_uuid) {
    const auto uuid = Uuid::from_bytes(suffix_uuid);
    return std::string(fingerprint.substr(0, fingerprint.find('-'))) + '@' + (uuid ? uuid->to_text() : std::string());
}

std::string view_id(const v1::SearchState& stored) {
    return view_id(stored.fingerprint(), stored.suffix_uuid());
}

v1::SourceDescription describe(const ProducerConfig& config) {
    v1::SourceDescription description;
    description.set_source(config.source);
    Digest all;
    for (const SearchConfig& search : config.searches) {
        auto& record = *description.add_searches();
        record.set_name(search.name);
        record.set_kind(record_kind(search.kind));
        record.set_base(search.base);
        record.set_scope(std::string(scope_name(search.scope)));
        record.set_filter(search.filter);
        for (const std::string& attribute : search.attributes) {
            record.add_attributes(attribute);
        }
        if (std::none_of(search.attributes.begin(), search.attributes.end(),
                         [](const std::string& name) { return same_attribute(name, create_timestamp); })) {
            record.add_attributes(std::string(create_timestamp));
        }
        if (search.kind != EntryKind::user) {
            record.set_member_attribute(search.member_attribute);
        }
        record.set_fingerprint(fingerprint(search, config));
        all << search.name << record.fingerprint();
    }
    description.set_fingerprint(all.hex());
    return description;
}

}  // namespace entstream::producer::publish
