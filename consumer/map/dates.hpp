#pragma once

#include <tl/expected.hpp>
#include <unicode/timezone.h>

#include <memory>
#include <string>
#include <string_view>

#include "common/config/reading.hpp"
#include "consumer/map/mapping_config.hpp"

namespace entstream::consumer::map {

/// Turns dates as directories write them into one form: dd/mm/yyyy (SDET), yyyymmdd, yyyy-mm-dd, and GeneralizedTime
/// (RFC 4517 section 3.3.13). Only days that the calendar has are dates.
///
/// A day without a time begins at midnight in the time zone; a time that names its own zone is that moment, whose day
/// is the one that it has in the time zone. Immutable; may be used from any thread.
class Dates {
  public:
    /// \param time_zone a name of the IANA database: "Europe/Paris"
    static tl::expected<Dates, config::Fault> make(DateForm form, const std::string& time_zone);

    /// The date in the form; "" for a text that is no date.
    [[nodiscard]] std::string convert(std::string_view text) const;

  private:
    DateForm form_{};
    std::shared_ptr<const icu::TimeZone> zone_;
};

}  // namespace entstream::consumer::map
