#include "consumer/map/moodle_values.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "consumer/map/dates.hpp"
#include "consumer/map/text.hpp"

namespace entstream::consumer::map {

namespace {

constexpr std::size_t longest_address = 254;
constexpr std::size_t longest_local_part = 64;
constexpr std::size_t longest_label = 63;

// ISO 3166-1 alpha-2, which is what Moodle's lang/en/countries.php has.
constexpr std::string_view countries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA "
    "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA "
    "GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP "
    "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
    "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS "
    "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW "
    "TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

bool has_long_label(std::string_view domain) {
    for (std::size_t at = 0; at < domain.size();) {
        const std::size_t end = std::min(domain.find('.', at), domain.size());
        if (end - at > longest_label) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

}  // namespace

bool is_mail_address(std::string_view text) {
    static const re2::RE2 form(
        R"re((?i)((?:[!#-'*+\-/-9=?^-~]+(?:\.[!#-'*+\-/-9=?^-~]+)*)|"(?:[ !#-\[\]-~]|\\[ -~])*")@)re"
        R"re(((?:(?:xn--)?[a-z0-9]+(?:-+[a-z0-9]+)*\.)+(?:xn--[a-z0-9]+|[a-z][a-z0-9]*)(?:-+[a-z0-9]+)*))re");
    re2::StringPiece local;
    re2::StringPiece domain;
    return text.size() <= longest_address &&
           re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), form, &local, &domain) &&
           local.size() <= longest_local_part && !has_long_label({domain.data(), domain.size()});
}

std::string made_up_address(std::string text) {
    text = clean_username(transliterated(std::move(text)), false);
    return is_mail_address(text) ? text : std::string();
}

std::string country_code(std::string text) {
    text = with_case(std::move(text), LetterCase::upper);
    return text.size() == 2 && text.find(' ') == std::string::npos && countries.find(text) != std::string_view::npos
               ? text
               : std::string();
}

std::string language_code(std::string text, const std::vector<std::string>& installed) {
    static const re2::RE2 form("[a-z]{2,3}(?:_[a-z0-9]+)*");
    text = with_case(std::move(text), LetterCase::lower);
    std::replace(text.begin(), text.end(), '-', '_');
    const bool is_installed =
        installed.empty() || std::find(installed.begin(), installed.end(), text) != installed.end();
    return is_installed && re2::RE2::FullMatch(text, form) ? text : std::string();
}

bool is_time_zone(const std::string& text) {
    // ICU knows short names too (CET, EST), and makes its own of others (GMT+1): Moodle has those of places, and UTC.
    return text == "99" || text == "UTC" ||
           (text.find('/') != std::string::npos && Dates::make(DateForm::iso, text).has_value());
}

bool is_profile_field(std::string_view text) {
    static const re2::RE2 form("[A-Za-z0-9_]+");
    return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), form);
}

bool is_plugin_name(std::string_view text) {
    static const re2::RE2 form("[a-z][a-z0-9_]*");
    return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), form);
}

}  // namespace entstream::consumer::map
