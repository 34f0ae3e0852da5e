#pragma once

#include <re2/re2.h>
#include <tl/expected.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config_error.hpp"
#include "common/config/reading.hpp"
#include "common/model/after_image.hpp"
#include "consumer/map/mapping_config.hpp"
#include "consumer/map/text_template.hpp"

namespace entstream::consumer::map {

/// A FieldRule made ready: template and regex are compiled once. Immutable; may be used from any thread.
class Rule {
  public:
    /// Adds what is wrong to `problems`, under `key`; the result is of no use then.
    static Rule compile(const FieldRule& rule, const std::string& key, std::vector<config::Problem>& problems);

    /// The text for one entry: valid UTF-8, cleaned, in the rule's case, but not cut yet; "" when the entry has nothing
    /// for it.
    [[nodiscard]] std::string apply(const AfterImage& image) const;

    /// The most characters: the column's, or the rule's own if that is less.
    [[nodiscard]] std::size_t length_within(std::size_t column) const {
        return length_ == 0 || length_ > column ? column : length_;
    }

    [[nodiscard]] std::vector<std::string> attributes() const;

  private:
    [[nodiscard]] std::string expand(const AfterImage& image) const;
    /// The text after regex and table; "" when either does not know it.
    [[nodiscard]] std::string transform(std::string text) const;

    TextTemplate value_;
    TextTemplate default_value_;
    std::unique_ptr<const re2::RE2> regex_;  ///< null: none
    std::string rewrite_;
    std::map<std::string, std::string> table_;
    LetterCase letter_case_ = LetterCase::keep;
    std::size_t length_ = 0;
};

/// A regex that a rule can use.
tl::expected<std::unique_ptr<const re2::RE2>, config::Fault> compile_regex(const std::string& text);

/// Whether a rewrite names only captures that the regex has.
std::optional<config::Fault> check_rewrite(const re2::RE2& regex, const std::string& rewrite);

/// Whether a rule says anything; one that does not leaves its field unmapped.
inline bool says_something(const FieldRule& rule) {
    return !rule.value.empty() || !rule.default_value.empty();
}

}  // namespace entstream::consumer::map
