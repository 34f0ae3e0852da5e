#pragma once

#include <cstdint>
#include <string_view>

#include "bench/entgen/ldif_writer.hpp"
#include "bench/entgen/region.hpp"

namespace entstream::entgen {

/// The members of one groupOfNames entry. The class demands a member: a group without any gets one empty DN, as
/// real directories have it.
class MemberList {
  public:
    MemberList(const Region& region, LdifWriter& writer) : region_(region), writer_(writer) {}

    void add(const PersonId& id) {
        writer_.attribute("member", region_.member_dn(id));
        ++count_;
    }
    /// Some directories keep the empty value beside real members.
    void add_empty_value() {
        writer_.attribute("member", "");
        ++empty_values_;
    }
    /// Ends the entry.
    void end() {
        if (count_ + empty_values_ == 0) {
            add_empty_value();
        }
        writer_.end();
    }
    /// Without empty values.
    std::int64_t count() const { return count_; }

  private:
    const Region& region_;
    LdifWriter& writer_;
    std::int64_t count_ = 0;
    std::int64_t empty_values_ = 0;
};

}  // namespace entstream::entgen
