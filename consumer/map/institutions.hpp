#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "common/config/reading.hpp"

namespace entstream::consumer::map {

/// What stands for the codes of the institutions in filters and templates.
inline constexpr std::string_view institution_mark = "%ID%";

/// The codes of the institutions that this Moodle serves, as attributes of entries have them (UAI, SIREN ...). Their
/// case does not count. Immutable; may be used from any thread.
class Institutions {
  public:
    Institutions() = default;
    explicit Institutions(const std::vector<std::string>& codes);

    /// A filter with each comparison that has %ID% in it repeated for every institution: one of them is enough.
    /// Whatever a code holds stands for itself (RFC 4515). \pre the filter can be parsed
    [[nodiscard]] tl::expected<std::string, config::Fault> expand(const std::string& filter) const;

    /// Whether one of the codes stands in the value as a word of its own: neither a letter nor a digit beside it.
    [[nodiscard]] bool stand_in(std::string_view value) const;

    [[nodiscard]] bool empty() const { return codes_.empty(); }

    /// What is wrong with a filter or template that has %ID% where no institutions are named.
    static config::Fault missing();

  private:
    std::vector<std::string> codes_;  ///< in lower case
};

}  // namespace entstream::consumer::map
