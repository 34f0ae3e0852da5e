#include "common/log/repeat_limit.hpp"

#include <algorithm>
#include <utility>

namespace entstream::log {

namespace {

bool is_of_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::string RepeatLimit::kind_of(std::string_view line) {
    std::string kind;
    kind.reserve(line.size());
    for (std::size_t at = 0; at < line.size();) {
        const auto* const begin = line.begin() + at;
        const auto* const end = std::find_if_not(begin, line.end(), is_of_word);
        if (begin == end) {
            kind += *begin;
            ++at;
            continue;
        }
        if (std::any_of(begin, end, is_digit)) {
            kind += '#';
        } else {
            kind.append(begin, end);
        }
        at += static_cast<std::size_t>(end - begin);
    }
    return kind;
}

bool RepeatLimit::passes(int level, std::string_view line, Clock::time_point now) {
    const std::string name = kind_of(line);
    auto found = kinds_.find(name);
    if (found == kinds_.end()) {
        if (kinds_.size() >= most_kinds) {
            return true;  // those that differ so much are no repetition
        }
        found = kinds_.emplace(name, Kind{.ends = now + period, .passed = 0, .left_out = {}}).first;
    }
    Kind& kind = found->second;
    if (now >= kind.ends && kind.left_out.lines == 0) {
        kind.ends = now + period;
        kind.passed = 0;
    }
    if (kind.passed < lines_in_period) {
        ++kind.passed;
        return true;
    }
    ++kind.left_out.lines;
    kind.left_out.level = level;
    kind.left_out.last = line;
    return false;
}

std::vector<RepeatLimit::LeftOut> RepeatLimit::take_due(Clock::time_point now) {
    std::vector<LeftOut> due;
    if (now < next_look_) {
        return due;
    }
    next_look_ = now + std::chrono::seconds(1);
    for (auto each = kinds_.begin(); each != kinds_.end();) {
        if (now < each->second.ends) {
            ++each;
            continue;
        }
        if (each->second.left_out.lines > 0) {
            due.push_back(std::move(each->second.left_out));
        }
        each = kinds_.erase(each);
    }
    return due;
}

std::vector<RepeatLimit::LeftOut> RepeatLimit::take_all() {
    std::vector<LeftOut> all;
    for (auto& [name, kind] : kinds_) {
        if (kind.left_out.lines > 0) {
            all.push_back(std::move(kind.left_out));
        }
    }
    kinds_.clear();
    return all;
}

}  // namespace entstream::log
