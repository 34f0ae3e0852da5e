#include "consumer/map/rule.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "consumer/map/text.hpp"
#include "consumer/map/trace.hpp"

namespace entstream::consumer::map {

tl::expected<std::unique_ptr<const re2::RE2>, config::Fault> compile_regex(const std::string& text) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    auto regex = std::make_unique<const re2::RE2>(text, options);
    if (!regex->ok()) {
        return tl::unexpected(config::Fault{.what = "is not a regex: " + regex->error(),
                                            .remedy = "correct it (RE2 syntax: Perl's, without look-around)"});
    }
    if (regex->NumberOfCapturingGroups() == 0) {
        return tl::unexpected(
            config::Fault{.what = "captures nothing", .remedy = "put (...) around what is to be kept"});
    }
    return regex;
}

std::optional<config::Fault> check_rewrite(const re2::RE2& regex, const std::string& rewrite) {
    std::string error;
    if (regex.CheckRewriteString(rewrite, &error)) {
        return std::nullopt;
    }
    return config::Fault{.what = "does not go with the regex: " + error,
                         .remedy = "write \\1 for its first (...), \\2 for the second and so on"};
}

Rule Rule::compile(const FieldRule& rule, const std::string& key, std::vector<config::Problem>& problems,
                   const Institutions& institutions) {
    const auto report = [&](const std::string& part, config::Fault fault) {
        problems.push_back({.place = "mapping",
                            .key = key + '.' + part,
                            .what = std::move(fault.what),
                            .remedy = std::move(fault.remedy)});
    };
    // What can be made, or nothing and a report.
    const auto take = [&]<typename T>(tl::expected<T, config::Fault> made, const std::string& part) {
        if (!made) {
            report(part, std::move(made.error()));
        }
        return made ? std::optional<T>(std::move(*made)) : std::nullopt;
    };
    Rule result;
    result.value_ = take(TextTemplate::parse(rule.value, institutions), "value").value_or(TextTemplate());
    result.default_value_ =
        take(TextTemplate::parse(rule.default_value, institutions), "default").value_or(TextTemplate());
    result.when_ = take(Selection::parse(rule.when, institutions), "when").value_or(Selection());
    for (const FieldRule& element : rule.first_of) {
        const std::string element_key = key + ".first_of[" + std::to_string(result.first_of_.size() + 1) + ']';
        result.first_of_.push_back(compile(element, element_key, problems, institutions));
        result.first_of_.back().absent_ = TextTemplate::Absent::ends_all;
    }
    if (!rule.regex.empty()) {
        auto regex = compile_regex(rule.regex);
        if (!regex) {
            report("regex", std::move(regex.error()));
        } else if (auto fault = check_rewrite(**regex, rule.rewrite)) {
            report("rewrite", std::move(*fault));
        } else {
            result.regex_ = std::move(*regex);
        }
    }
    result.rewrite_ = rule.rewrite;
    if (rule.date != DateForm::none) {
        result.dates_ = take(Dates::make(rule.date, rule.time_zone), "time_zone");
    }
    for (const auto& [from, to] : rule.table) {
        result.table_.emplace(clean(well_formed(from)), clean(well_formed(to)));
    }
    result.transliterate_ = rule.transliterate;
    result.letter_case_ = rule.letter_case;
    result.length_ = rule.length;
    return result;
}

std::string Rule::apply(const AfterImage& image, const FieldForm& form) const {
    std::string text =
        find_text(image, [&](std::string found) { return finished(std::move(found), Origin::entry, form); });
    if (!text.empty()) {
        return text;
    }
    std::string fallback = clean(well_formed(default_value_.expand(image)));
    trace_step([&] {
        return default_value_.text().empty()
                   ? std::string("gives nothing, and has no default")
                   : "default " + in_quotes(default_value_.text()) + ": " + in_quotes(fallback);
    });
    return finished(std::move(fallback), Origin::fallback, form);
}

std::string Rule::find_text(const AfterImage& image, const Accept& accept) const {
    for (const Rule& element : first_of_) {
        const bool counts = element.when_.matches(image);
        trace_step([&] {
            const std::string& when = element.when_.text();
            return "first_of[" + std::to_string(&element - first_of_.data() + 1) + (when.empty() ? "]" : "] ") + when +
                   (counts ? ": matches" : ": does not match");
        });
        if (counts) {
            std::string text =
                element.find_text(image, [&](std::string found) { return accept(transform(std::move(found))); });
            if (!text.empty()) {
                return text;
            }
        }
    }
    if (!first_of_.empty()) {
        return {};
    }
    // Of one attribute the first value that gives something counts: LDAP's values have no order.
    const auto attribute = value_.sole_attribute();
    if (!attribute) {
        const std::string text = value_.expand(image, absent_);
        trace_step([&] { return "value " + in_quotes(value_.text()) + ": " + in_quotes(text); });
        return accept(transform(well_formed(text)));
    }
    const AfterImage::Values* values = image.find(*attribute);
    if (values == nullptr) {
        trace_step([&] { return "value " + in_quotes(value_.text()) + ": the entry has no such attribute"; });
    } else {
        for (const std::string& value : *values) {
            const bool counts = value_.takes(value);
            trace_step([&] {
                return "value " + in_quotes(value_.text()) + ": " + in_quotes(value) +
                       (counts ? "" : ", which names none of the institutions");
            });
            std::string text = counts ? accept(transform(well_formed(value))) : std::string();
            if (!text.empty()) {
                return text;
            }
        }
    }
    return {};
}

std::string Rule::transform(std::string text) const {
    if (regex_) {
        std::string captured;
        const bool found = re2::RE2::Extract(text, *regex_, rewrite_, &captured);
        trace_step([&] {
            return "regex " + in_quotes(regex_->pattern()) + (found ? ": " + in_quotes(captured) : ": finds nothing");
        });
        if (!found) {
            return {};
        }
        text = std::move(captured);
    }
    text = clean(std::move(text));
    if (dates_) {
        text = dates_->convert(text);
        trace_step([&] { return text.empty() ? "date: is none" : "date: " + in_quotes(text); });
    }
    if (table_.empty()) {
        return text;
    }
    const auto found = table_.find(text);
    trace_step([&] {
        return "table: " + (found == table_.end() ? in_quotes(text) + " is not in it" : in_quotes(found->second));
    });
    return found == table_.end() ? std::string() : found->second;
}

std::string Rule::finished(std::string text, Origin origin, const FieldForm& form) const {
    if (text.empty()) {
        return text;
    }
    if (transliterate_) {
        text = transliterated(std::move(text));
        trace_step([&] { return "transliterate: " + in_quotes(text); });
    }
    if (letter_case_ != LetterCase::keep) {
        text = with_case(std::move(text), letter_case_);
        trace_step(
            [&] { return (letter_case_ == LetterCase::lower ? "case lower: " : "case upper: ") + in_quotes(text); });
    }
    if (!form) {
        return text;
    }
    text = form(std::move(text), origin);
    trace_step([&] { return text.empty() ? "Moodle does not take it" : "as Moodle takes it: " + in_quotes(text); });
    return text;
}

std::vector<std::string> Rule::attributes() const {
    std::vector<std::string> names = value_.attributes();
    const auto append = [&](std::vector<std::string> more) {
        std::move(more.begin(), more.end(), std::back_inserter(names));
    };
    append(default_value_.attributes());
    append(when_.attributes());
    for (const Rule& element : first_of_) {
        append(element.attributes());
    }
    return names;
}

}  // namespace entstream::consumer::map
