#include "consumer/map/text.hpp"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>

#include "common/model/uuid.hpp"

namespace entstream::consumer::map {

namespace {

constexpr std::size_t hash_length = 16;

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_ascii_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Only characters that are wholly and rightly encoded, and no NUL.
std::string valid_utf8(std::string_view octets) {
    std::string text;
    text.reserve(octets.size());
    const char* const bytes = octets.data();
    const auto length = static_cast<std::int32_t>(octets.size());
    for (std::int32_t at = 0; at < length;) {
        const std::int32_t start = at;
        UChar32 character = 0;
        U8_NEXT(bytes, at, length, character);
        if (character > 0) {
            text.append(octets.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(at - start)));
        }
    }
    return text;
}

std::string composed(std::string text) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status) || nfc->isNormalizedUTF8(text, status)) {
        return text;
    }
    std::string result;
    icu::StringByteSink<std::string> sink(&result);
    nfc->normalizeUTF8(0, text, sink, nullptr, status);
    return U_FAILURE(status) ? text : result;
}

std::string without_tags(const std::string& text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        if (text[at] == '<' && (is_ascii_letter(next) || next == '/' || next == '!' || next == '?')) {
            const std::size_t end = text.find('>', at);
            at = end == std::string::npos ? text.size() : end + 1;
        } else {
            result += text[at++];
        }
    }
    return result;
}

/// How many octets of the text are in its first `characters`.
std::size_t octets_of(std::string_view text, std::size_t characters) {
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        const bool starts_character = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
        if (starts_character && characters-- == 0) {
            break;
        }
    }
    return at;
}

std::string trimmed(std::string text) {
    const char* const bytes = text.data();
    const auto length = static_cast<std::int32_t>(text.size());
    std::int32_t first = 0;
    for (std::int32_t at = 0; first < length; first = at) {
        UChar32 character = 0;
        U8_NEXT(bytes, at, length, character);
        if (u_isUWhiteSpace(character) == 0) {
            break;
        }
    }
    std::int32_t last = length;
    for (std::int32_t at = length; last > first; last = at) {
        UChar32 character = 0;
        U8_PREV(bytes, 0, at, character);
        if (u_isUWhiteSpace(character) == 0) {
            break;
        }
    }
    return first == 0 && last == length
               ? text
               : text.substr(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first));
}

}  // namespace

bool is_utf8(std::string_view octets) {
    return valid_utf8(octets).size() == octets.size();
}

std::string well_formed(std::string_view octets) {
    if (is_ascii(octets)) {
        std::string text(octets);
        std::erase(text, '\0');
        return text;
    }
    return composed(valid_utf8(octets));
}

std::string clean(std::string text) {
    if (text.find('<') != std::string::npos) {
        text = without_tags(text);
    }
    return trimmed(std::move(text));
}

std::string with_case(std::string text, LetterCase letter_case) {
    if (letter_case == LetterCase::keep) {
        return text;
    }
    const bool lower = letter_case == LetterCase::lower;
    if (is_ascii(text)) {
        for (char& c : text) {
            if (is_ascii_letter(c)) {
                c = static_cast<char>(lower ? c | 0x20 : c & ~0x20);
            }
        }
        return text;
    }
    std::string result;
    icu::StringByteSink<std::string> sink(&result);
    UErrorCode status = U_ZERO_ERROR;
    if (lower) {
        icu::CaseMap::utf8ToLower("", 0, text, sink, nullptr, status);
    } else {
        icu::CaseMap::utf8ToUpper("", 0, text, sink, nullptr, status);
    }
    return U_FAILURE(status) ? text : result;
}

std::string transliterated(std::string text) {
    static const std::unique_ptr<const icu::Transliterator> transliterator = [] {
        UErrorCode status = U_ZERO_ERROR;
        std::unique_ptr<const icu::Transliterator> made(
            icu::Transliterator::createInstance("Any-Latin; Latin-ASCII", UTRANS_FORWARD, status));
        if (U_FAILURE(status)) {
            throw std::runtime_error(std::string("ICU cannot transliterate: ") + u_errorName(status) +
                                     "; install its data (Debian: libicu72)");
        }
        return made;
    }();
    if (is_ascii(text)) {
        return text;
    }
    icu::UnicodeString characters = icu::UnicodeString::fromUTF8(text);
    transliterator->transliterate(characters);
    text.clear();
    return characters.toUTF8String(text);
}

std::string clean_username(std::string text, bool extended_chars) {
    text = with_case(trimmed(std::move(text)), LetterCase::lower);
    if (!extended_chars) {
        std::erase_if(text, [](char c) {
            return !is_ascii_letter(c) && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' && c != '@';
        });
    }
    return text;
}

std::string cut(std::string text, std::size_t length) {
    const std::size_t end = text.size() <= length ? text.size() : octets_of(text, length);
    if (end == text.size()) {
        return text;
    }
    text.resize(end);
    return trimmed(std::move(text));
}

std::string cut_identifier(std::string text, std::size_t length) {
    if (text.size() <= length || octets_of(text, length) == text.size()) {
        return text;
    }
    std::string hash = Uuid::from_name(text).to_text();
    std::erase(hash, '-');
    if (length <= hash_length + 1) {
        return hash.substr(0, length);
    }
    text.resize(octets_of(text, length - hash_length - 1));
    return text + '~' + hash.substr(0, hash_length);
}

}  // namespace entstream::consumer::map
