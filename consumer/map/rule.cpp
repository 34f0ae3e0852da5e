#include "consumer/map/rule.hpp"

#include <utility>

#include "consumer/map/text.hpp"

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

Rule Rule::compile(const FieldRule& rule, const std::string& key, std::vector<config::Problem>& problems) {
    const auto report = [&](const std::string& part, config::Fault fault) {
        problems.push_back({.place = "mapping",
                            .key = key + '.' + part,
                            .what = std::move(fault.what),
                            .remedy = std::move(fault.remedy)});
    };
    const auto compile_template = [&](const std::string& text, const std::string& part) {
        auto parsed = TextTemplate::parse(text);
        if (!parsed) {
            report(part, std::move(parsed.error()));
            return TextTemplate();
        }
        return std::move(*parsed);
    };
    Rule result;
    result.value_ = compile_template(rule.value, "value");
    result.default_value_ = compile_template(rule.default_value, "default");
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
    result.table_ = rule.table;
    result.letter_case_ = rule.letter_case;
    result.length_ = rule.length;
    return result;
}

std::string Rule::apply(const AfterImage& image) const {
    std::string text = expand(image);
    if (text.empty()) {
        text = clean(well_formed(default_value_.expand(image)));
    }
    return with_case(std::move(text), letter_case_);
}

std::string Rule::expand(const AfterImage& image) const {
    // With a regex or a table, the first value that they know counts: LDAP's values have no order.
    const auto attribute = regex_ || !table_.empty() ? value_.sole_attribute() : std::nullopt;
    if (!attribute) {
        return transform(well_formed(value_.expand(image)));
    }
    if (const AfterImage::Values* values = image.find(*attribute)) {
        for (const std::string& value : *values) {
            std::string text = transform(well_formed(value));
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
        if (!re2::RE2::Extract(text, *regex_, rewrite_, &captured)) {
            return {};
        }
        text = std::move(captured);
    }
    text = clean(std::move(text));
    if (table_.empty()) {
        return text;
    }
    const auto found = table_.find(text);
    return found == table_.end() ? std::string() : found->second;
}

std::vector<std::string> Rule::attributes() const {
    std::vector<std::string> names = value_.attributes();
    for (std::string& name : default_value_.attributes()) {
        names.push_back(std::move(name));
    }
    return names;
}

}  // namespace entstream::consumer::map
