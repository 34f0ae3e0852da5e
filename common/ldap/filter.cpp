#include "common/ldap/filter.hpp"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace entstream::ldap {

namespace {

// Deeper nesting is a mistake or an attack; the parser recurses once per level.
constexpr int most_levels = 100;

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Text that is not UTF-8 stays as it is, so that different octets never compare equal.
std::string fold_unicode_case(const std::string& text) {
    std::string folded;
    icu::StringByteSink<std::string> sink(&folded);
    UErrorCode status = U_ZERO_ERROR;
    icu::CaseMap::utf8Fold(0, text, sink, nullptr, status);
    constexpr std::string_view replacement = "\xEF\xBF\xBD";
    return U_FAILURE(status) || folded.find(replacement) != std::string::npos ? text : folded;
}

enum class Ends { trimmed, kept };

std::string normalise(std::string_view text, Ends ends) {
    std::string result;
    result.reserve(text.size());
    for (const char c : text) {
        if (c == ' ' && ((ends == Ends::trimmed && result.empty()) || (!result.empty() && result.back() == ' '))) {
            continue;
        }
        result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (ends == Ends::trimmed && !result.empty() && result.back() == ' ') {
        result.pop_back();
    }
    return is_ascii(result) ? result : fold_unicode_case(result);
}

/// A whole number without its sign and leading zeros; nullopt for any other text.
std::optional<std::pair<bool, std::string_view>> whole_number(std::string_view text) {
    const bool negative = text.starts_with('-');
    text.remove_prefix(negative ? 1 : 0);
    if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return std::nullopt;
    }
    text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
    return std::pair(negative && !text.empty(), text);
}

/// Negative, 0 or positive, as left stands before, with or after right.
int compare(const std::string& left, const std::string& right) {
    const auto a = whole_number(left);
    const auto b = whole_number(right);
    if (!a || !b) {
        return left.compare(right);
    }
    if (a->first != b->first) {
        return a->first ? -1 : 1;
    }
    const int magnitude = a->second.size() != b->second.size() ? (a->second.size() < b->second.size() ? -1 : 1)
                                                               : a->second.compare(b->second);
    return a->first ? -magnitude : magnitude;
}

}  // namespace

/// Recursive descent over the grammar of RFC 4515 section 3. Spaces between the filters of a list are allowed, as
/// libldap allows them.
class FilterParser {
  public:
    explicit FilterParser(std::string_view text) : text_(text) {}

    tl::expected<Filter, FilterError> parse() {
        skip_spaces();
        auto root = filter(0);
        if (!root) {
            return tl::unexpected(root.error());
        }
        skip_spaces();
        if (at_ < text_.size()) {
            return fail("there is more text after the last ')'");
        }
        return Filter(std::move(*root));
    }

  private:
    using Node = Filter::Node;
    using Operator = Filter::Operator;
    using Result = tl::expected<Node, FilterError>;

    [[nodiscard]] tl::unexpected<FilterError> fail(std::string reason) const {
        return tl::unexpected(FilterError{.position = at_, .reason = std::move(reason)});
    }

    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skip_spaces() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) {
            ++at_;
        }
    }

    Result filter(int level) {
        if (level > most_levels) {
            return fail("the filter is nested too deeply");
        }
        if (peek() != '(') {
            return fail(at_ == text_.size() ? "the filter ends where a '(' must stand" : "a '(' must stand here");
        }
        ++at_;
        Result result;
        switch (peek()) {
            case '&':
                result = list(Operator::all_of, level);
                break;
            case '|':
                result = list(Operator::any_of, level);
                break;
            case '!':
                result = negation(level);
                break;
            default:
                result = item();
        }
        if (!result) {
            return result;
        }
        if (peek() != ')') {
            return fail(at_ == text_.size() ? "a ')' is missing" : "a ')' must stand here");
        }
        ++at_;
        return result;
    }

    Result list(Operator operation, int level) {
        ++at_;
        Node node{.operation = operation, .attribute = {}, .texts = {}, .children = {}};
        for (skip_spaces(); peek() == '('; skip_spaces()) {
            auto child = filter(level + 1);
            if (!child) {
                return child;
            }
            node.children.push_back(std::move(*child));
        }
        return node;
    }

    Result negation(int level) {
        ++at_;
        skip_spaces();
        auto child = filter(level + 1);
        if (!child) {
            return child;
        }
        skip_spaces();
        Node node{.operation = Operator::none_of, .attribute = {}, .texts = {}, .children = {}};
        node.children.push_back(std::move(*child));
        return node;
    }

    Result item() {
        Node node;
        const std::size_t start = at_;
        at_ =
            std::min(text_.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.;", at_),
                     text_.size());
        node.attribute = text_.substr(start, at_ - start);
        if (peek() == ':') {
            return extensible(std::move(node));
        }
        if (node.attribute.empty()) {
            return fail("the name of an attribute must stand here");
        }
        node.operation = Operator::equal;
        if (peek() == '>' || peek() == '<' || peek() == '~') {
            node.operation = peek() == '>' ? Operator::at_least : peek() == '<' ? Operator::at_most : Operator::equal;
            ++at_;
        }
        if (peek() != '=') {
            return fail("=, >=, <=, ~= or := must follow '" + node.attribute + "'");
        }
        ++at_;
        return assertion(std::move(node));
    }

    // attribute [":dn"] [":" rule] ":=" value
    Result extensible(Node node) {
        node.operation = Operator::extensible;
        const std::size_t sign = text_.find(":=", at_);
        const std::size_t end = text_.find_first_of("()", at_);
        if (sign == std::string_view::npos || sign > end) {
            return fail(":= must follow '" + node.attribute + "'");
        }
        if (node.attribute.empty() && sign == at_) {
            return fail("the name of an attribute or of a matching rule must stand here");
        }
        at_ = sign + 2;
        auto value = piece();
        if (!value) {
            return tl::unexpected(value.error());
        }
        return node;
    }

    Result assertion(Node node) {
        std::vector<std::string> pieces;
        while (true) {
            auto text = piece();
            if (!text) {
                return tl::unexpected(text.error());
            }
            pieces.push_back(std::move(*text));
            if (peek() != '*') {
                break;
            }
            if (node.operation != Operator::equal) {
                return fail("'*' has no meaning after >= and <=; write \\2a for the character itself");
            }
            ++at_;
        }
        if (pieces.size() == 1) {
            node.texts.push_back(normalise(pieces.front(), Ends::trimmed));
            return node;
        }
        if (pieces.size() == 2 && pieces[0].empty() && pieces[1].empty()) {
            node.operation = Operator::present;
            return node;
        }
        node.operation = Operator::substring;
        for (const std::string& text : pieces) {
            node.texts.push_back(normalise(text, Ends::kept));
        }
        return node;
    }

    /// A value up to the next '*' or ')', with its escapes resolved.
    tl::expected<std::string, FilterError> piece() {
        std::string value;
        for (; at_ < text_.size() && text_[at_] != ')' && text_[at_] != '*'; ++at_) {
            if (text_[at_] == '(') {
                return fail("a '(' inside a value must be written \\28");
            }
            if (text_[at_] != '\\') {
                value += text_[at_];
                continue;
            }
            const int high = hex_digit(at_ + 1);
            const int low = hex_digit(at_ + 2);
            if (high < 0 || low < 0) {
                return fail("'\\' must be followed by two hexadecimal digits; write \\5c for the character itself");
            }
            value += static_cast<char>(high * 16 + low);
            at_ += 2;
        }
        return value;
    }

    [[nodiscard]] int hex_digit(std::size_t at) const {
        const char c = at < text_.size() ? text_[at] : '\0';
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::string FilterError::to_text() const {
    return "at character " + std::to_string(position + 1) + ": " + reason;
}

tl::expected<Filter, FilterError> Filter::parse(std::string_view text) {
    return FilterParser(text).parse();
}

bool Filter::matches(const AfterImage& image) const {
    return matches(root_, image);
}

bool Filter::can_be_evaluated() const {
    return can_be_evaluated(root_);
}

std::vector<std::string> Filter::attributes() const {
    std::vector<std::string> names;
    collect_attributes(root_, names);
    return names;
}

bool Filter::matches(const Node& node, const AfterImage& image) {
    const auto child_matches = [&](const Node& child) { return matches(child, image); };
    switch (node.operation) {
        case Operator::all_of:
            return std::all_of(node.children.begin(), node.children.end(), child_matches);
        case Operator::any_of:
            return std::any_of(node.children.begin(), node.children.end(), child_matches);
        case Operator::none_of:
            return std::none_of(node.children.begin(), node.children.end(), child_matches);
        default:
            break;
    }
    const AfterImage::Values* values = image.find(node.attribute);
    return values != nullptr && std::any_of(values->begin(), values->end(),
                                            [&](const std::string& value) { return value_matches(node, value); });
}

bool Filter::value_matches(const Node& node, const std::string& value) {
    if (node.operation == Operator::present) {
        return true;
    }
    const std::string text = normalise(value, Ends::trimmed);
    if (node.operation == Operator::equal) {
        return text == node.texts.front();
    }
    if (node.operation == Operator::at_least) {
        return compare(text, node.texts.front()) >= 0;
    }
    if (node.operation == Operator::at_most) {
        return compare(text, node.texts.front()) <= 0;
    }
    // Substring: the first piece at the start, the last at the end, the others in order between them.
    const std::string& last = node.texts.back();
    if (!text.starts_with(node.texts.front())) {
        return false;
    }
    std::size_t at = node.texts.front().size();
    for (auto piece = node.texts.begin() + 1; piece != node.texts.end() - 1; ++piece) {
        const std::size_t found = text.find(*piece, at);
        if (found == std::string::npos) {
            return false;
        }
        at = found + piece->size();
    }
    return text.size() >= at + last.size() && text.ends_with(last);
}

bool Filter::can_be_evaluated(const Node& node) {
    return node.operation != Operator::extensible &&
           std::all_of(node.children.begin(), node.children.end(),
                       [](const Node& child) { return can_be_evaluated(child); });
}

void Filter::collect_attributes(const Node& node, std::vector<std::string>& names) {
    const auto known = [&](const std::string& name) { return same_attribute(name, node.attribute); };
    if (!node.attribute.empty() && std::none_of(names.begin(), names.end(), known)) {
        names.push_back(node.attribute);
    }
    for (const Node& child : node.children) {
        collect_attributes(child, names);
    }
}

}  // namespace entstream::ldap
