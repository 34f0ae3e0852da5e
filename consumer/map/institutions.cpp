#include "consumer/map/institutions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "consumer/map/text.hpp"

namespace entstream::consumer::map {

namespace {

/// A value of a filter that stands for itself (RFC 4515 section 3).
std::string escaped_for_filter(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '*' || c == '(' || c == ')' || c == '\\') {
            result += fmt::format("\\{:02x}", static_cast<unsigned char>(c));
        } else {
            result += c;
        }
    }
    return result;
}

std::string replaced(std::string text, std::string_view replacement) {
    for (std::size_t at = text.find(institution_mark); at != std::string::npos;
         at = text.find(institution_mark, at + replacement.size())) {
        text.replace(at, institution_mark.size(), replacement);
    }
    return text;
}

/// Whether a character beside a code makes it part of a longer word; letters beyond ASCII do.
bool continues_word(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return (octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
           octet >= 0x80;
}

bool has_word(std::string_view text, std::string_view word) {
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        if ((at == 0 || !continues_word(text[at - 1])) && (end == text.size() || !continues_word(text[end]))) {
            return true;
        }
    }
    return false;
}

}  // namespace

Institutions::Institutions(const std::vector<std::string>& codes) {
    for (const std::string& code : codes) {
        codes_.push_back(with_case(well_formed(code), LetterCase::lower));
    }
}

config::Fault Institutions::missing() {
    return {.what = "has %ID%, but no institutions are named",
            .remedy = "write their codes at the top of the file: institutions = [\"0350001A\"]"};
}

tl::expected<std::string, config::Fault> Institutions::expand(const std::string& filter) const {
    std::string result;
    std::size_t done = 0;
    for (std::size_t at = filter.find(institution_mark); at != std::string::npos;
         at = filter.find(institution_mark, done)) {
        if (codes_.empty()) {
            return tl::unexpected(missing());
        }
        // Parentheses inside a value are escaped, so these are the comparison's own.
        const std::size_t begin = filter.rfind('(', at);
        const std::size_t end = filter.find(')', at) + 1;
        const std::string comparison = filter.substr(begin, end - begin);
        result += filter.substr(done, begin - done) + (codes_.size() == 1 ? "" : "(|");
        for (const std::string& code : codes_) {
            result += replaced(comparison, escaped_for_filter(code));
        }
        result += codes_.size() == 1 ? "" : ")";
        done = end;
    }
    return result + filter.substr(done);
}

bool Institutions::stand_in(std::string_view value) const {
    const std::string text = with_case(well_formed(value), LetterCase::lower);
    return std::any_of(codes_.begin(), codes_.end(), [&](const std::string& code) { return has_word(text, code); });
}

}  // namespace entstream::consumer::map
