#pragma once

#include <tl/expected.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/reading.hpp"
#include "common/model/after_image.hpp"
#include "consumer/map/institutions.hpp"

namespace entstream::consumer::map {

/// Text with attributes in it: `${givenName} ${sn}`.
///
/// ${name} stands for the attribute's first value, ${name[*]} for all its values with ", " between, $$ for a $ before
/// a {. With [%ID%] behind the name only values that name one of the institutions count: ${name[%ID%]},
/// ${name[%ID%][*]}. A template whose attributes are all absent gives nothing at all, so that its constant parts never
/// stand alone.
class TextTemplate {
  public:
    static tl::expected<TextTemplate, config::Fault> parse(std::string_view text, const Institutions& institutions);

    /// What an attribute that is absent does to the rest.
    enum class Absent { left_out, ends_all };

    /// Octets, as the attributes have them.
    [[nodiscard]] std::string expand(const AfterImage& image, Absent absent = Absent::left_out) const;

    /// The attribute, when the template is ${name} (or ${name[%ID%]}) and nothing else.
    [[nodiscard]] std::optional<std::string_view> sole_attribute() const;

    /// Whether a value of sole_attribute() counts.
    [[nodiscard]] bool takes(const std::string& value) const { return takes(parts_.front(), value); }

    /// As it was configured.
    [[nodiscard]] const std::string& text() const { return text_; }

    /// Names of the attributes it reads.
    [[nodiscard]] std::vector<std::string> attributes() const;

  private:
    enum class PartKind { constant, first_value, all_values };

    struct Part {
        PartKind kind{};
        std::string text;      ///< the constant, or the attribute's name
        bool of_ours = false;  ///< only values that name one of the institutions
    };

    [[nodiscard]] bool takes(const Part& part, const std::string& value) const {
        return !part.of_ours || institutions_->stand_in(value);
    }
    /// The values of the attribute that count, as one text.
    [[nodiscard]] std::string values_of(const Part& part, const AfterImage& image) const;

    std::string text_;
    std::vector<Part> parts_;
    std::shared_ptr<const Institutions> institutions_;  ///< null: no part asks for them
};

}  // namespace entstream::consumer::map
