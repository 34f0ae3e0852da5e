#include "producer/sync/cookie.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

namespace entstream::producer::sync {

namespace {

// YYYYmmddHHMMSS.uuuuuuZ#oooooo#sss#mmmmmm: time, count within it (hex), server id (hex), modifier (hex).
constexpr std::string_view csn_shape = "dddddddddddddd.ddddddZ#xxxxxx#xxx#xxxxxx";
constexpr std::size_t sid_position = 30;
constexpr std::size_t sid_digits = 3;

bool is_decimal(char c) {
    return c >= '0' && c <= '9';
}

bool is_csn(std::string_view text) {
    return text.size() == csn_shape.size() &&
           std::equal(text.begin(), text.end(), csn_shape.begin(), [](char c, char shape) {
               switch (shape) {
                   case 'd':
                       return is_decimal(c);
                   case 'x':
                       return is_decimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
                   default:
                       return c == shape;
               }
           });
}

// Decimal digits that is_csn() has seen.
unsigned number(std::string_view digits) {
    unsigned value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

// Calls `each` with the parts of `text` between separators.
template <typename Each>
void split(std::string_view text, char separator, Each each) {
    while (true) {
        const std::size_t end = text.find(separator);
        each(text.substr(0, end));
        if (end == std::string_view::npos) {
            return;
        }
        text.remove_prefix(end + 1);
    }
}

bool take_greater(std::map<Sid, std::string>& csns, Sid sid, std::string_view csn) {
    std::string& held = csns[sid];
    if (csn <= held) {
        return false;
    }
    held = csn;
    return true;
}

}  // namespace

std::optional<Sid> csn_sid(std::string_view csn) {
    if (!is_csn(csn)) {
        return std::nullopt;
    }
    Sid sid = 0;
    const char* const digits = csn.data() + sid_position;
    std::from_chars(digits, digits + sid_digits, sid, 16);
    return sid;
}

std::optional<std::chrono::system_clock::time_point> csn_time(std::string_view csn) {
    using namespace std::chrono;
    if (!is_csn(csn)) {
        return std::nullopt;
    }
    const year_month_day date(year(static_cast<int>(number(csn.substr(0, 4)))), month(number(csn.substr(4, 2))),
                              day(number(csn.substr(6, 2))));
    if (!date.ok()) {
        return std::nullopt;
    }
    return sys_days(date) + hours(number(csn.substr(8, 2))) + minutes(number(csn.substr(10, 2))) +
           seconds(number(csn.substr(12, 2))) + microseconds(number(csn.substr(15, 6)));
}

Cookie Cookie::parse(std::string_view octets) {
    Cookie cookie;
    const bool openldap = octets.starts_with("rid=") || octets.starts_with("sid=") || octets.starts_with("csn=");
    if (!openldap) {
        cookie.opaque_ = octets;
        return cookie;
    }
    split(octets, ',', [&](std::string_view part) {
        constexpr std::string_view csn_key = "csn=";
        if (!part.starts_with(csn_key)) {
            return;
        }
        split(part.substr(csn_key.size()), ';', [&](std::string_view csn) {
            if (const std::optional<Sid> sid = csn_sid(csn)) {
                take_greater(cookie.csns_, *sid, csn);
            }
        });
    });
    return cookie;
}

bool Cookie::merge(const Cookie& newer) {
    if (newer.opaque()) {
        if (!csns_.empty() || opaque_ == newer.opaque_) {
            return false;
        }
        opaque_ = newer.opaque_;
        return true;
    }
    bool changed = false;
    for (const auto& [sid, csn] : newer.csns_) {
        changed = take_greater(csns_, sid, csn) || changed;
    }
    if (changed) {
        opaque_.clear();
    }
    return changed;
}

std::string Cookie::text() const {
    if (csns_.empty()) {
        return opaque_;
    }
    std::string result = "rid=000,csn=";
    for (const auto& [sid, csn] : csns_) {
        if (result.back() != '=') {
            result += ';';
        }
        result += csn;
    }
    return result;
}

bool Cookie::has_reached(const std::vector<std::string>& context_csns) const {
    return opaque() || std::all_of(context_csns.begin(), context_csns.end(), [this](const std::string& csn) {
               const std::optional<Sid> sid = csn_sid(csn);
               if (!sid) {
                   return true;
               }
               const auto held = csns_.find(*sid);
               return held != csns_.end() && held->second >= csn;
           });
}

bool Cookie::is_ahead_of(const std::vector<std::string>& context_csns) const {
    if (context_csns.empty()) {
        return false;
    }
    std::map<Sid, std::string> provider;
    for (const std::string& csn : context_csns) {
        if (const std::optional<Sid> sid = csn_sid(csn)) {
            take_greater(provider, *sid, csn);
        }
    }
    return std::any_of(csns_.begin(), csns_.end(), [&](const auto& held) {
        const auto there = provider.find(held.first);
        return there == provider.end() || there->second < held.second;
    });
}

}  // namespace entstream::producer::sync
