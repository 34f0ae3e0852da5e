#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/after_image.hpp"

namespace entstream::ldap {

/// Why a text is not a filter.
struct FilterError {
    std::size_t position{};  ///< octets before the place, 0 = the start
    std::string reason;

    /// "at character 7: the value of (uid=...) has an unescaped '('".
    [[nodiscard]] std::string to_text() const;
};

/// A search filter in its string form (RFC 4515; the absolute filters (&) and (|) of RFC 4526 too), evaluated here,
/// away from the server. Immutable; may be used from any thread.
///
/// Without a schema, every value compares as caseIgnoreMatch does: case (Unicode), surrounding and repeated spaces do
/// not count. >= and <= compare whole numbers as numbers, everything else as text, which orders GeneralizedTime
/// rightly. ~= is taken as =. An entry without the attribute does not match, so its negation does.
class Filter {
  public:
    static tl::expected<Filter, FilterError> parse(std::string_view text);

    /// \pre can_be_evaluated()
    [[nodiscard]] bool matches(const AfterImage& image) const;

    /// False when a part is an extensible match (attribute:rule:=value), which only the server understands.
    [[nodiscard]] bool can_be_evaluated() const;

    /// Names of the attributes it looks at, each once, in the order and spelling they first stand in.
    [[nodiscard]] std::vector<std::string> attributes() const;

  private:
    friend class FilterParser;

    enum class Operator { all_of, any_of, none_of, present, equal, substring, at_least, at_most, extensible };

    struct Node {
        Operator operation{};
        std::string attribute;
        std::vector<std::string> texts;  ///< what values compare with, normalised; substring: initial, any ..., final
        std::vector<Node> children;
    };

    explicit Filter(Node root) : root_(std::move(root)) {}

    static bool matches(const Node& node, const AfterImage& image);
    static bool value_matches(const Node& node, const std::string& value);
    static bool can_be_evaluated(const Node& node);
    static void collect_attributes(const Node& node, std::vector<std::string>& names);

    Node root_;
};

}  // namespace entstream::ldap
