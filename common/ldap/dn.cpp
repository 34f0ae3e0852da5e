#include "common/ldap/dn.hpp"

#include <ldap.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace entstream::ldap {

namespace {

struct TypeName {
    std::string_view name;  ///< long name or OID, lower case
    std::string_view short_name;
};

// RFC 4514 section 3: the types whose short names every server must know.
constexpr std::array type_names = {
    TypeName{"commonname", "cn"},
    TypeName{"2.5.4.3", "cn"},
    TypeName{"localityname", "l"},
    TypeName{"2.5.4.7", "l"},
    TypeName{"stateorprovincename", "st"},
    TypeName{"2.5.4.8", "st"},
    TypeName{"organizationname", "o"},
    TypeName{"2.5.4.10", "o"},
    TypeName{"countryname", "c"},
    TypeName{"2.5.4.6", "c"},
    TypeName{"streetaddress", "street"},
    TypeName{"2.5.4.9", "street"},
    TypeName{"userid", "uid"},
    TypeName{"0.9.2342.19200300.100.1.1", "uid"},
    TypeName{"domaincomponent", "dc"},
    TypeName{"0.9.2342.19200300.100.1.25", "dc"},
    TypeName{"organizationalunitname", "ou"},
    TypeName{"2.5.4.11", "ou"},
};
constexpr std::size_t shortest_long_name = 6;  // "userid"

constexpr std::string_view special_characters = "\"#+,;<=>\\";

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// What stands for a character of a plain value in the canonical spelling; 0 where the fast path gives up.
constexpr std::array<char, 256> plain_table = [] {
    std::array<char, 256> table{};
    for (int c = ' '; c < 0x7f; ++c) {
        const char character = static_cast<char>(c);
        if (special_characters.find(character) == std::string_view::npos) {
            table[static_cast<std::size_t>(c)] = lower(character);
        }
    }
    return table;
}();

constexpr std::array<char, 256> type_table = [] {
    std::array<char, 256> table{};
    for (int c = 0; c < 0x7f; ++c) {
        const char character = lower(static_cast<char>(c));
        if ((character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') || character == '-') {
            table[static_cast<std::size_t>(c)] = character;
        }
    }
    return table;
}();

std::size_t index_of(char c) {
    return static_cast<unsigned char>(c);
}

// Replaces the attribute type that begins at `position` of `text` by its short name.
void shorten_type(std::string& text, std::size_t position) {
    const std::string_view type = std::string_view(text).substr(position);
    if (type.size() < shortest_long_name) {
        return;
    }
    const auto* const known = std::find_if(type_names.begin(), type_names.end(),
                                           [type](const TypeName& candidate) { return candidate.name == type; });
    if (known != type_names.end()) {
        text.erase(position).append(known->short_name);
    }
}

// Normalises `type=value,type=value` in printable ASCII without specials in one pass. false: not such a DN.
bool normalise_plain(std::string_view dn, std::string& result) {
    result.reserve(dn.size());
    const char* at = dn.data();
    const char* const end = at + dn.size();
    const auto skip_spaces = [&] {
        while (at != end && *at == ' ') {
            ++at;
        }
    };
    while (true) {
        skip_spaces();
        const std::size_t type_start = result.size();
        for (; at != end && type_table[index_of(*at)] != 0; ++at) {
            result.push_back(type_table[index_of(*at)]);
        }
        if (result.size() == type_start || result[type_start] < 'a') {  // none, or an OID
            return false;
        }
        shorten_type(result, type_start);
        skip_spaces();
        if (at == end || *at != '=') {
            return false;
        }
        ++at;
        result.push_back('=');
        skip_spaces();
        const std::size_t value_start = result.size();
        for (; at != end && *at != ','; ++at) {
            const char c = plain_table[index_of(*at)];
            if (c == 0) {
                return false;
            }
            if (c != ' ' || result.back() != ' ') {
                result.push_back(c);
            }
        }
        if (result.back() == ' ') {
            result.pop_back();
        }
        if (result.size() == value_start) {
            return false;
        }
        if (at == end) {
            return true;
        }
        ++at;
        result.push_back(',');
    }
}

struct DnDeleter {
    void operator()(LDAPRDN* dn) const noexcept { ldap_dnfree(dn); }
};

void append_lower_case(std::string_view text, icu::UnicodeString& result, bool& valid) {
    const auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < length;) {
        UChar32 character = 0;
        U8_NEXT(text, i, length, character);
        if (character < 0) {
            valid = false;
            return;
        }
        result.append(u_tolower(character));
    }
}

// Lower case and NFKC, as slapd's caseIgnoreMatch compares. Lower case again afterwards, because compatibility forms
// decompose into capitals. nullopt: not UTF-8.
std::optional<std::string> fold(std::string_view value) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const nfkc = icu::Normalizer2::getNFKCInstance(status);
    std::string text(value);
    for (int pass = 0; pass < 2; ++pass) {
        icu::UnicodeString lowered;
        bool valid = true;
        append_lower_case(text, lowered, valid);
        if (!valid || U_FAILURE(status)) {
            return std::nullopt;
        }
        text.clear();
        nfkc->normalize(lowered, status).toUTF8String(text);
    }
    return U_SUCCESS(status) ? std::optional(std::move(text)) : std::nullopt;
}

std::string collapse_spaces(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c != ' ' || (!result.empty() && result.back() != ' ')) {
            result.push_back(c);
        }
    }
    if (!result.empty() && result.back() == ' ') {
        result.pop_back();
    }
    return result;
}

void append_hex(std::string& text, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto octet = static_cast<unsigned char>(c);
    text.push_back(digits[octet >> 4U]);
    text.push_back(digits[octet & 0xfU]);
}

bool append_value(std::string& text, const LDAPAVA& ava) {
    const std::string_view value(ava.la_value.bv_val, ava.la_value.bv_len);
    if ((ava.la_flags & LDAP_AVA_BINARY) != 0) {  // written as #hex: BER of a type without a string form
        text.push_back('#');
        std::for_each(value.begin(), value.end(), [&](char c) { append_hex(text, c); });
        return true;
    }
    const std::optional<std::string> folded = fold(value);
    if (!folded) {
        return false;
    }
    for (const char c : collapse_spaces(*folded)) {
        if (special_characters.find(c) != std::string_view::npos || static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
            text.push_back('\\');
            append_hex(text, c);
        } else {
            text.push_back(c);
        }
    }
    return true;
}

std::optional<std::string> normalise_ava(const LDAPAVA& ava) {
    std::string text;
    const std::string_view type(ava.la_attr.bv_val, ava.la_attr.bv_len);
    std::transform(type.begin(), type.end(), std::back_inserter(text), lower);
    shorten_type(text, 0);
    text.push_back('=');
    return append_value(text, ava) ? std::optional(std::move(text)) : std::nullopt;
}

std::optional<std::string> normalise_any(std::string_view dn) {
    std::string text(dn);
    if (text.find('\0') != std::string::npos) {
        return std::nullopt;
    }
    LDAPDN parsed = nullptr;
    if (ldap_str2dn(text.c_str(), &parsed, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS) {
        return std::nullopt;
    }
    const std::unique_ptr<LDAPRDN, DnDeleter> owner(parsed);
    std::string result;
    for (LDAPRDN* rdn = parsed; rdn != nullptr && *rdn != nullptr; ++rdn) {
        std::vector<std::string> pairs;
        for (LDAPAVA** ava = *rdn; *ava != nullptr; ++ava) {
            std::optional<std::string> pair = normalise_ava(**ava);
            if (!pair) {
                return std::nullopt;
            }
            pairs.push_back(std::move(*pair));
        }
        std::sort(pairs.begin(), pairs.end());
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            if (!result.empty()) {
                result.push_back(i == 0 ? ',' : '+');
            }
            result += pairs[i];
        }
    }
    return result;
}

}  // namespace

std::optional<std::string> normalise_dn(std::string_view dn) {
    std::string result;
    if (normalise_plain(dn, result)) {
        return result;
    }
    return normalise_any(dn);
}

std::string_view parent(std::string_view dn) {
    const std::size_t comma = dn.find(',');
    return comma == std::string_view::npos ? std::string_view{} : dn.substr(comma + 1);
}

bool is_below(std::string_view dn, std::string_view ancestor) {
    if (ancestor.empty()) {
        return !dn.empty();
    }
    return dn.size() > ancestor.size() && dn.ends_with(ancestor) && dn[dn.size() - ancestor.size() - 1] == ',';
}

ValueHash hash128(std::string_view normalised) {
    XXH128_canonical_t canonical{};
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(normalised.data(), normalised.size()));
    ValueHash hash;
    std::copy(std::begin(canonical.digest), std::end(canonical.digest), hash.octets.begin());
    return hash;
}

}  // namespace entstream::ldap
