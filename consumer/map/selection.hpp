#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/config/reading.hpp"
#include "common/ldap/filter.hpp"
#include "common/model/after_image.hpp"
#include "consumer/map/institutions.hpp"

namespace entstream::consumer::map {

/// A filter of the configuration, made ready to be evaluated here; the empty one lets every entry through.
class Selection {
  public:
    /// %ID% in it stands for each of the institutions.
    static tl::expected<Selection, config::Fault> parse(const std::string& text, const Institutions& institutions);

    [[nodiscard]] bool matches(const AfterImage& image) const { return !filter_ || filter_->matches(image); }
    [[nodiscard]] std::vector<std::string> attributes() const {
        return filter_ ? filter_->attributes() : std::vector<std::string>();
    }

    /// As it was configured.
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
    std::optional<ldap::Filter> filter_;
};

}  // namespace entstream::consumer::map
