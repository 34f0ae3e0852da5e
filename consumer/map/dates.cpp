#include "consumer/map/dates.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace entstream::consumer::map {

namespace {

using std::chrono::seconds;

/// What a text says: a moment, or a day (or time) of whatever place.
struct Moment {
    seconds since_epoch{};  ///< as if it were UTC, where it is of whatever place
    bool in_utc{};
};

std::optional<seconds> day_of(int year, unsigned month, unsigned day) {
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    return date.ok() ? std::optional(seconds(std::chrono::sys_days(date).time_since_epoch())) : std::nullopt;
}

/// A fraction of an hour, minute or second, given as digits, in whole seconds.
seconds part_of(seconds unit, const std::string& digits) {
    double fraction = 0;
    double weight = 0.1;
    for (const char digit : digits) {
        fraction += weight * (digit - '0');
        weight /= 10;
    }
    return seconds(static_cast<std::int64_t>(fraction * static_cast<double>(unit.count()) + 1e-6));
}

std::optional<Moment> generalized_time(const std::string& text) {
    static const re2::RE2 form(
        R"((\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?(?:[.,](\d{1,9}))?(?:(Z)|([+-])(\d\d)(\d\d)?)?)");
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    std::string minute;
    std::string second;
    std::string fraction;
    std::string zulu;
    std::string sign;
    std::string zone_hour;
    std::string zone_minute;
    if (!re2::RE2::FullMatch(text, form, &year, &month, &day, &hour, &minute, &second, &fraction, &zulu, &sign,
                             &zone_hour, &zone_minute)) {
        return std::nullopt;
    }
    const auto number = [](const std::string& digits) { return digits.empty() ? 0 : std::stoi(digits); };
    const auto date = day_of(year, month, day);
    // A leap second is the first one of the next minute.
    if (!date || hour > 23 || number(minute) > 59 || number(second) > 60 || number(zone_hour) > 23 ||
        number(zone_minute) > 59) {
        return std::nullopt;
    }
    const seconds unit = minute.empty() ? seconds(3600) : second.empty() ? seconds(60) : seconds(1);
    const seconds time = *date + std::chrono::hours(hour) + std::chrono::minutes(number(minute)) +
                         seconds(number(second)) + part_of(unit, fraction);
    const seconds ahead = std::chrono::hours(number(zone_hour)) + std::chrono::minutes(number(zone_minute));
    return Moment{.since_epoch = sign == "-" ? time + ahead : time - ahead, .in_utc = !zulu.empty() || !sign.empty()};
}

std::optional<Moment> moment_of(const std::string& text) {
    static const re2::RE2 day_first(R"((\d{1,2})/(\d{1,2})/(\d{4}))");
    static const re2::RE2 year_first(R"((\d{4})-?(\d\d)-?(\d\d))");
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    if (!re2::RE2::FullMatch(text, day_first, &day, &month, &year) &&
        !re2::RE2::FullMatch(text, year_first, &year, &month, &day)) {
        return generalized_time(text);
    }
    const auto date = day_of(year, month, day);
    return date ? std::optional(Moment{.since_epoch = *date, .in_utc = false}) : std::nullopt;
}

/// How far the zone's clocks are ahead of UTC.
seconds offset_of(const icu::TimeZone& zone, const Moment& moment) {
    constexpr int milliseconds = 1000;
    std::int32_t raw = 0;
    std::int32_t summer = 0;
    UErrorCode status = U_ZERO_ERROR;
    const auto time = static_cast<UDate>(moment.since_epoch.count() * milliseconds);
    zone.getOffset(time, moment.in_utc ? 0 : 1, raw, summer, status);
    return seconds(U_FAILURE(status) ? 0 : (raw + summer) / milliseconds);
}

}  // namespace

tl::expected<Dates, config::Fault> Dates::make(DateForm form, const std::string& time_zone) {
    Dates dates;
    dates.form_ = form;
    dates.zone_.reset(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(time_zone)));
    if (*dates.zone_ == icu::TimeZone::getUnknown()) {
        return tl::unexpected(config::Fault{.what = "'" + time_zone + "' is not a time zone",
                                            .remedy = R"(write one like "Europe/Paris", or "UTC")"});
    }
    return dates;
}

std::string Dates::convert(std::string_view text) const {
    const auto moment = moment_of(std::string(text));
    if (!moment) {
        return {};
    }
    const seconds offset = offset_of(*zone_, *moment);
    if (form_ == DateForm::unix_time) {
        return std::to_string((moment->in_utc ? moment->since_epoch : moment->since_epoch - offset).count());
    }
    const seconds local = moment->in_utc ? moment->since_epoch + offset : moment->since_epoch;
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::floor<std::chrono::days>(local))};
    const auto year = static_cast<int>(date.year());
    const auto month = static_cast<unsigned>(date.month());
    const auto day = static_cast<unsigned>(date.day());
    return form_ == DateForm::iso ? fmt::format("{:04}-{:02}-{:02}", year, month, day)
                                  : fmt::format("{:02}/{:02}/{:04}", day, month, year);
}

}  // namespace entstream::consumer::map
