#pragma once

#include <re2/re2.h>
#include <tl/expected.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config_error.hpp"
#include "common/config/reading.hpp"
#include "common/model/after_image.hpp"
#include "consumer/map/dates.hpp"
#include "consumer/map/institutions.hpp"
#include "consumer/map/mapping_config.hpp"
#include "consumer/map/selection.hpp"
#include "consumer/map/text_template.hpp"

namespace entstream::consumer::map {

/// Where a rule's text comes from.
enum class Origin { entry, fallback };

/// What a field makes of a text, "" where it cannot take it: then the next value, element or default is tried.
using FieldForm = std::function<std::string(std::string text, Origin origin)>;

/// A FieldRule made ready: templates, filters and regexes are compiled once. Immutable; may be used from any thread.
class Rule {
  public:
    /// Adds what is wrong to `problems`, under `key`; the result is of no use then.
    static Rule compile(const FieldRule& rule, const std::string& key, std::vector<config::Problem>& problems,
                        const Institutions& institutions = {});

    /// The text for one entry: valid UTF-8, cleaned, in the rule's case, as `form` has it, but not cut yet; "" when the
    /// entry has nothing for it.
    [[nodiscard]] std::string apply(const AfterImage& image, const FieldForm& form = {}) const;

    /// The most characters: the column's, or the rule's own if that is less.
    [[nodiscard]] std::size_t length_within(std::size_t column) const {
        return length_ == 0 || length_ > column ? column : length_;
    }

    [[nodiscard]] std::vector<std::string> attributes() const;

  private:
    using Accept = std::function<std::string(std::string text)>;

    /// The first text of the entry that comes out of `accept` not empty.
    [[nodiscard]] std::string find_text(const AfterImage& image, const Accept& accept) const;
    /// The text after regex, date and table; "" when one of them does not know it.
    [[nodiscard]] std::string transform(std::string text) const;
    /// The text in the rule's letters and in the field's form.
    [[nodiscard]] std::string finished(std::string text, Origin origin, const FieldForm& form) const;

    Selection when_;  ///< of an element of first_of
    TextTemplate::Absent absent_ = TextTemplate::Absent::left_out;
    std::vector<Rule> first_of_;  ///< stands for value_ unless it is empty
    TextTemplate value_;
    TextTemplate default_value_;
    std::unique_ptr<const re2::RE2> regex_;  ///< null: none
    std::string rewrite_;
    std::optional<Dates> dates_;
    std::map<std::string, std::string> table_;
    bool transliterate_ = false;
    LetterCase letter_case_ = LetterCase::keep;
    std::size_t length_ = 0;
};

/// A regex that a rule can use.
tl::expected<std::unique_ptr<const re2::RE2>, config::Fault> compile_regex(const std::string& text);

/// Whether a rewrite names only captures that the regex has.
std::optional<config::Fault> check_rewrite(const re2::RE2& regex, const std::string& rewrite);

}  // namespace entstream::consumer::map
