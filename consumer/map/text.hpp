#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "consumer/map/mapping_config.hpp"

/// Texts as Moodle's tables take them. All functions work on UTF-8 and are quick on plain ASCII.
namespace entstream::consumer::map {

/// Whether all of the octets are rightly encoded, and none is NUL.
bool is_utf8(std::string_view octets);

/// Octets as text that PostgreSQL takes: malformed UTF-8 and NUL left out, composed (Unicode NFC).
std::string well_formed(std::string_view octets);

/// What Moodle's PARAM_NOTAGS leaves: no tags (an unfinished one goes up to the end), no space around. A '<' that
/// starts no tag stays.
std::string clean(std::string text);

/// Every letter in the given case, accents included.
std::string with_case(std::string text, LetterCase letter_case);

/// The text in Latin letters without accents: é is e, œ is oe, and other scripts as they are usually written in Latin
/// ones. A character that has no such form stays.
std::string transliterated(std::string text);

/// What Moodle's PARAM_USERNAME leaves: lower case, and only a-z 0-9 - . _ @ unless the site has
/// $CFG->extendedusernamechars.
std::string clean_username(std::string text, bool extended_chars);

/// The first `length` characters (code points, as varchar(n) counts them), without space at the end.
std::string cut(std::string text, std::size_t length);

/// The same for a text that identifies something: one that is too long ends with a hash of all of it, so that two that
/// begin alike stay two. Where there is no room for more, the beginning of the hash is all.
std::string cut_identifier(std::string text, std::size_t length);

}  // namespace entstream::consumer::map
