#include "consumer/map/rule_schema.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

#include "consumer/map/rule.hpp"
#include "consumer/map/table_file.hpp"
#include "consumer/map/text_template.hpp"

namespace entstream::consumer::map {

namespace {

using config::Fault;
using config::Node;
using config::Reading;
using config::Schema;

std::optional<Fault> check_template(const std::string& text) {
    const auto parsed = TextTemplate::parse(text);
    return parsed ? std::nullopt : std::optional(parsed.error());
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

/// The keys of a rule that is written as a table.
Schema describe_rule(FieldRule& rule) {
    Schema schema;
    schema.text("value", rule.value, "", {.required = false, .secret = false, .check = check_template});
    schema.text("regex", rule.regex, "", {.required = false, .secret = false, .check = check_regex});
    schema.text("rewrite", rule.rewrite, "");
    schema.text("default", rule.default_value, "", {.required = false, .secret = false, .check = check_template});
    schema.choice("case", rule.letter_case,
                  {{"keep", LetterCase::keep}, {"lower", LetterCase::lower}, {"upper", LetterCase::upper}}, "");
    schema.integer("length", rule.length, "", {.least = 1, .most = 10000});
    config::Property table;
    table.shape = config::Shape::table;
    table.read = [&rule](const Node& node, const std::string& key, Reading& reading) {
        read_table(node, key, reading, rule.table);
    };
    schema.custom("table", std::move(table));
    config::Property table_file;
    table_file.shape = config::Shape::text;
    table_file.read = [&rule](const Node& node, const std::string& key, Reading& reading) {
        rule.table.merge(read_table_file(node, key, reading));
    };
    schema.custom("table_file", std::move(table_file));
    return schema;
}

/// What only shows when the parts of a rule are seen together.
void check_rule(const FieldRule& rule, const Node& node, const std::string& key, Reading& reading) {
    if (node.find("value") == nullptr && node.find("default") == nullptr) {
        reading.add(node, key, {"says nothing", "give it a value"});
    }
    if (node.find("table") != nullptr && node.find("table_file") != nullptr) {
        reading.add_at(node, "table_file", {"stands beside table", "keep one of them"}, key + '.');
    }
    if (node.find("rewrite") == nullptr) {
        return;
    }
    const auto regex = compile_regex(rule.regex);
    if (rule.regex.empty()) {
        reading.add_at(node, "rewrite", {"needs a regex", "add one, or remove rewrite"}, key + '.');
    } else if (auto fault = regex ? check_rewrite(**regex, rule.rewrite) : std::nullopt) {
        reading.add_at(node, "rewrite", std::move(*fault), key + '.');
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
    add_text("value", rule.value);
    add_text("regex", rule.regex);
    if (rule.rewrite != FieldRule().rewrite) {
        add_text("rewrite", rule.rewrite);
    }
    std::string table;
    for (const auto& [from, to] : rule.table) {
        table += (table.empty() ? "" : ", ") + config::quote_key(from) + " = " + config::quote(to);
    }
    if (!table.empty()) {
        add("table", "{ " + table + " }");
    }
    add_text("default", rule.default_value);
    if (rule.letter_case != LetterCase::keep) {
        add_text("case", rule.letter_case == LetterCase::lower ? "lower" : "upper");
    }
    if (rule.length != 0) {
        add("length", std::to_string(rule.length));
    }
    return text == "value = " + config::quote(rule.value) ? config::quote(rule.value) : "{ " + text + " }";
}

}  // namespace

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
