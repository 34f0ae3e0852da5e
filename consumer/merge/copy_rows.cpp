#include "consumer/merge/copy_rows.hpp"

#include <tuple>
#include <utility>

namespace entstream::consumer::merge {
namespace {

/// Rows as COPY takes them.
struct Lines {
    const std::string* text;
};

}  // namespace
}  // namespace entstream::consumer::merge

namespace pqxx::internal {

/// libpqxx 6 has no other way to hand over what is escaped already.
template <>
std::string TypedCopyEscaper::operator()(const entstream::consumer::merge::Lines* t) const {
    return *t->text;
}

}  // namespace pqxx::internal

namespace entstream::consumer::merge {

void CopyRows::append(std::string_view value) {
    constexpr std::string_view special = "\\\n\r\t";
    for (std::size_t at = 0;;) {
        const std::size_t next = value.find_first_of(special, at);
        text_ += value.substr(at, next - at);
        if (next == std::string_view::npos) {
            return;
        }
        text_ += '\\';
        switch (value[next]) {
            case '\n':
                text_ += 'n';
                break;
            case '\r':
                text_ += 'r';
                break;
            case '\t':
                text_ += 't';
                break;
            default:
                text_ += value[next];
        }
        at = next + 1;
    }
}

void CopyRows::end_row() {
    constexpr std::size_t piece = 1UL << 15U;
    if (text_.size() >= piece) {
        flush();
    } else {
        text_ += '\n';
    }
}

void CopyRows::flush() {
    if (!text_.empty()) {
        stream_ << std::make_tuple(Lines{&text_});  // which ends the last row
        text_.clear();
    }
}

void CopyRows::complete() {
    if (!text_.empty()) {
        text_.pop_back();  // the end of the last row
        flush();
    }
    stream_.complete();
}

}  // namespace entstream::consumer::merge
