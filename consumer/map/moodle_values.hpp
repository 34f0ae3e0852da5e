#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What Moodle takes for a value of this kind. Pure functions; may be called from any thread.
namespace entstream::consumer::map {

/// Whether it is a mail address to Moodle's validate_email(), which asks PHP's FILTER_VALIDATE_EMAIL. Mixed quoted
/// parts and addresses of hosts in brackets, which that takes too, are refused here.
bool is_mail_address(std::string_view text);

/// A made-up address with only what every mail server takes in it; "" where that is none.
std::string made_up_address(std::string text);

/// The country's code in upper case; "" for what is none of ISO 3166-1.
std::string country_code(std::string text);

/// The language's code as Moodle writes it (fr, fr_ca: lower case, _ between); "" for what has not that form, or is
/// not among `installed`, unless that is empty.
std::string language_code(std::string text, const std::vector<std::string>& installed);

/// 99 (the site's), or a name of the IANA database.
bool is_time_zone(const std::string& text);

/// The short name of a custom profile field: letters, digits and _.
bool is_profile_field(std::string_view text);

/// The short name of a plugin: lower-case letters, digits and _.
bool is_plugin_name(std::string_view text);

}  // namespace entstream::consumer::map
