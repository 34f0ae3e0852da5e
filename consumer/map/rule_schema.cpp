#include "consumer/map/rule_schema.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "consumer/map/dates.hpp"
#include "consumer/map/institutions.hpp"
#include "consumer/map/rule.hpp"
#include "consumer/map/selection.hpp"
#include "consumer/map/table_file.hpp"
#include "consumer/map/text_template.hpp"

namespace entstream::consumer::map {

namespace {

using config::Fault;
using config::Node;
using config::Reading;
using config::Schema;

// While a rule is read it is not known yet which institutions there are; whether any are is looked at in the end.
const Institutions& any_institution() {
    static const Institutions institutions({"any"});
    return institutions;
}

std::optional<Fault> check_template(const std::string& text) {
    const auto parsed = TextTemplate::parse(text, any_institution());
    return parsed ? std::nullopt : std::optional(parsed.error());
}

std::optional<Fault> check_time_zone(const std::string& text) {
    const auto dates = Dates::make(DateForm::iso, text);
    return dates ? std::nullopt : std::optional(dates.error());
}

std::optional<Fault> check_regex(const std::string& text) {
    const auto regex = compile_regex(text);
    return regex ? std::nullopt : std::optional(regex.error());
}

void read_table(const Node& node, const std::string& key, Reading& reading,
                std::map<std::string, std::string>& target) {
    if (node.table() == nullptr) {
        reading.add(node, key, {"must be a table", "write { from = \"to\", ... }"});
        return;
    }
    for (const auto& [from, to] : *node.table()) {
        if (to.text() == nullptr) {
            reading.add(to, fmt::format("{}.{}", key, from),
                        {"must be text, is " + std::string(to.type_name()), "write it in quotes"});
        } else {
            target.emplace(from, *to.text());
        }
    }
}

void describe_table(Schema& schema, FieldRule& rule) {
    config::Property table;
    table.shape = config::Shape::table;
    table.description = "Transcoding; what is not in it gives nothing.";
    table.json_schema = R"({"type": "object", "additionalProperties": {"type": "string"}})";
    table.read = [&rule](const Node& node, const std::string& key, Reading& reading) {
        read_table(node, key, reading, rule.table);
    };
    schema.custom("table", std::move(table));
    config::Property table_file;
    table_file.shape = config::Shape::text;
    table_file.description = "The same from a CSV file.";
    table_file.read = [&rule](const Node& node, const std::string& key, Reading& reading) {
        rule.table.merge(read_table_file(node, key, reading));
    };
    schema.custom("table_file", std::move(table_file));
}

/// Keys of a rule, and of an element of first_of, that are written as a table.
Schema describe_element(FieldRule& rule) {
    Schema schema;
    schema.text("value", rule.value, "A template: text with ${attribute} or ${attribute[*]}.",
                {.required = false, .secret = false, .check = check_template});
    schema.text("regex", rule.regex, "RE2 syntax; what it does not find gives nothing.",
                {.required = false, .secret = false, .check = check_regex});
    schema.text("rewrite", rule.rewrite, "What is made of the captures of the regex.");
    schema.choice("date", rule.date,
                  {{"unix", DateForm::unix_time}, {"iso", DateForm::iso}, {"dd/mm/yyyy", DateForm::day_month_year}},
                  "In which form a date is written.");
    schema.text("time_zone", rule.time_zone, "The time zone in which a date is written.",
                {.required = false, .secret = false, .check = check_time_zone});
    describe_table(schema, rule);
    return schema;
}

Schema describe_alternative(FieldRule& rule) {
    Schema schema = describe_element(rule);
    schema.text("when", rule.when, "A filter: the entries that it counts for.",
                {.required = false, .secret = false, .check = check_selection});
    return schema;
}

/// The keys, for help; they are bound to something that will not last.
std::vector<config::Property> unbound(const Schema& schema) {
    std::vector<config::Property> properties = schema.properties();
    for (config::Property& property : properties) {
        property.read = nullptr;
    }
    return properties;
}

void check_rule(const FieldRule& rule, const Node& node, const std::string& key, Reading& reading);

void read_first_of(const Node& node, const std::string& key, Reading& reading, std::vector<FieldRule>& first_of) {
    const Node::List* list = node.list();
    if (list == nullptr || list->empty()) {
        reading.add(node, key,
                    {"must be a list of rules", "write [{ when = \"(sn=*)\", value = \"${sn}\" }, \"${cn}\"]"});
        return;
    }
    for (const Node& element : *list) {
        FieldRule& rule = first_of.emplace_back();
        const std::string element_key = fmt::format("{}[{}]", key, first_of.size());
        if (element.table() == nullptr) {
            read_rule(element, element_key, reading, rule);
            continue;
        }
        describe_alternative(rule).read_nested(element, element_key + '.', reading);
        check_rule(rule, element, element_key, reading);
    }
}

/// The keys of a rule that is written as a table.
Schema describe_rule(FieldRule& rule) {
    Schema schema = describe_element(rule);
    config::Property first_of;
    first_of.shape = config::Shape::tables;
    first_of.definition = "alternative";
    first_of.description = "Rules of which the first one that gives something counts, in the place of value.";
    FieldRule sample;
    first_of.columns = unbound(describe_alternative(sample));
    first_of.read = [&rule](const Node& node, const std::string& key, Reading& reading) {
        read_first_of(node, key, reading, rule.first_of);
    };
    schema.custom("first_of", std::move(first_of));
    schema.text("default", rule.default_value, "A template, used when all this gave nothing.",
                {.required = false, .secret = false, .check = check_template});
    schema.boolean("transliterate", rule.transliterate, "Write letters without their accents.");
    schema.choice("case", rule.letter_case,
                  {{"keep", LetterCase::keep}, {"lower", LetterCase::lower}, {"upper", LetterCase::upper}},
                  "The case of the letters.");
    schema.integer("length", rule.length, "The most characters.", {.least = 1, .most = 10000});
    return schema;
}

/// What only shows when the parts of a rule are seen together.
void check_rule(const FieldRule& rule, const Node& node, const std::string& key, Reading& reading) {
    const auto has = [&](const char* name) { return node.find(name) != nullptr; };
    const auto report = [&](const char* name, Fault fault) { reading.add_at(node, name, std::move(fault), key + '.'); };
    if (!has("value") && !has("default") && !has("first_of")) {
        reading.add(node, key, {"says nothing", "give it a value"});
    }
    for (const auto& [one, other] : {std::pair("table", "table_file"), std::pair("value", "first_of")}) {
        if (has(one) && has(other)) {
            report(other, {fmt::format("stands beside {}", one), "keep one of them"});
        }
    }
    if (has("time_zone") && !has("date")) {
        report("time_zone", {"needs a date", "say in which form the date shall be, or remove time_zone"});
    }
    if (!has("rewrite")) {
        return;
    }
    const auto regex = compile_regex(rule.regex);
    if (rule.regex.empty()) {
        report("rewrite", {"needs a regex", "add one, or remove rewrite"});
    } else if (auto fault = regex ? check_rewrite(**regex, rule.rewrite) : std::nullopt) {
        report("rewrite", std::move(*fault));
    }
}

/// A rule as the file would have it.
std::string rule_text(const FieldRule& rule) {
    std::string text;
    const auto add = [&](const std::string& name, const std::string& value) {
        text += (text.empty() ? "" : ", ") + name + " = " + value;
    };
    const auto add_text = [&](const std::string& name, const std::string& value) {
        if (!value.empty()) {
            add(name, config::quote(value));
        }
    };
    add_text("when", rule.when);
    add_text("value", rule.value);
    std::string elements;
    for (const FieldRule& element : rule.first_of) {
        elements += (elements.empty() ? "" : ", ") + rule_text(element);
    }
    if (!elements.empty()) {
        add("first_of", "[" + elements + "]");
    }
    add_text("regex", rule.regex);
    if (rule.rewrite != FieldRule().rewrite) {
        add_text("rewrite", rule.rewrite);
    }
    if (rule.date != DateForm::none) {
        add_text("date", rule.date == DateForm::iso ? "iso" : rule.date == DateForm::unix_time ? "unix" : "dd/mm/yyyy");
    }
    if (rule.time_zone != FieldRule().time_zone) {
        add_text("time_zone", rule.time_zone);
    }
    std::string table;
    for (const auto& [from, to] : rule.table) {
        table += (table.empty() ? "" : ", ") + config::quote_key(from) + " = " + config::quote(to);
    }
    if (!table.empty()) {
        add("table", "{ " + table + " }");
    }
    add_text("default", rule.default_value);
    if (rule.transliterate) {
        add("transliterate", "true");
    }
    if (rule.letter_case != LetterCase::keep) {
        add_text("case", rule.letter_case == LetterCase::lower ? "lower" : "upper");
    }
    if (rule.length != 0) {
        add("length", std::to_string(rule.length));
    }
    return text == "value = " + config::quote(rule.value) ? config::quote(rule.value) : "{ " + text + " }";
}

}  // namespace

std::optional<Fault> check_selection(const std::string& text) {
    const auto selection = Selection::parse(text, any_institution());
    return selection ? std::nullopt : std::optional(selection.error());
}

void read_rule(const Node& node, const std::string& key, Reading& reading, FieldRule& rule) {
    rule = {};
    if (const std::string* text = node.text()) {
        if (auto fault = check_template(*text)) {
            reading.add(node, key, std::move(*fault));
        } else {
            rule.value = *text;
        }
    } else if (node.table() != nullptr) {
        describe_rule(rule).read_nested(node, key + '.', reading);
        check_rule(rule, node, key, reading);
    } else {
        reading.add(node, key,
                    {"must be a rule, is " + std::string(node.type_name()),
                     "write a template like \"${sn}\", or a table with value, regex, table ..."});
    }
}

config::Property rule_property(const FieldRule& current, const std::string& description) {
    config::Property property;
    property.shape = config::Shape::table;
    property.type = "rule";
    property.definition = "rule";
    FieldRule sample;
    property.columns = unbound(describe_rule(sample));
    property.default_text = says_something(current) ? rule_text(current) : "";
    property.description = description;
    return property;
}

void add_rule(Schema& schema, const std::string& name, FieldRule& rule, const std::string& description, bool required) {
    config::Property property = rule_property(rule, description);
    property.required = required;
    property.read = [&rule](const Node& node, const std::string& key, Reading& reading) {
        read_rule(node, key, reading, rule);
    };
    schema.custom(name, std::move(property));
}

}  // namespace entstream::consumer::map
