#pragma once

#include <string>
#include <string_view>

#include "entstream/v1/change.pb.h"

namespace entstream {

/// Attribute descriptions compare without case (RFC 4512 section 2.5); ASCII only.
bool same_attribute(std::string_view left, std::string_view right);

/// The attributes of an entry as a record of the log carries them. A view: the record must outlive it. The name must
/// match in full, options included: "cn" does not find "cn;lang-fr".
class AfterImage {
  public:
    using Attributes = google::protobuf::RepeatedPtrField<v1::Attribute>;
    using Values = google::protobuf::RepeatedPtrField<std::string>;

    explicit AfterImage(const Attributes& attributes) : attributes_(&attributes) {}

    /// The same entry with this attribute in the place of its own; it must outlive the view too.
    [[nodiscard]] AfterImage with(const v1::Attribute& attribute) const;

    /// The values of an attribute, as LDAP sent them; nullptr when the entry has none.
    [[nodiscard]] const Values* find(std::string_view name) const;
    /// The first value; empty when the entry has none.
    [[nodiscard]] std::string_view first(std::string_view name) const;

  private:
    const Attributes* attributes_;
    const v1::Attribute* replacement_ = nullptr;  ///< of the attribute of that name; null: none
};

}  // namespace entstream
