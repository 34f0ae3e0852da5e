#pragma once

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/reading.hpp"
#include "common/model/after_image.hpp"

namespace entstream::consumer::map {

/// Text with attributes in it: `${givenName} ${sn}`.
///
/// ${name} stands for the attribute's first value, ${name[*]} for all its values with ", " between, $$ for a $ before
/// a {. A template whose attributes are all absent gives nothing at all, so that its constant parts never stand alone.
class TextTemplate {
  public:
    static tl::expected<TextTemplate, config::Fault> parse(std::string_view text);

    /// Octets, as the attributes have them.
    [[nodiscard]] std::string expand(const AfterImage& image) const;

    /// The attribute, when the template is ${name} and nothing else.
    [[nodiscard]] std::optional<std::string_view> sole_attribute() const;

    /// Names of the attributes it reads.
    [[nodiscard]] std::vector<std::string> attributes() const;

  private:
    enum class PartKind { constant, first_value, all_values };

    struct Part {
        PartKind kind{};
        std::string text;  ///< the constant, or the attribute's name
    };

    std::vector<Part> parts_;
};

}  // namespace entstream::consumer::map
