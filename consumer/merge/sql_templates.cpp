#include "consumer/merge/sql_templates.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "consumer/merge/embedded_sql.hpp"

namespace entstream::consumer::merge {
namespace {

std::string quote_name(std::string_view name) {
    std::string quoted = "\"";
    for (const char c : name) {
        quoted += c;
        if (c == '"') {
            quoted += c;
        }
    }
    return quoted + "\"";
}

/// A name inside a string literal. standard_conforming_strings is on: only quotes are special.
std::string quote_literal(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) {
        quoted += c;
        if (c == '\'') {
            quoted += c;
        }
    }
    return quoted + "'";
}

bool is_placeholder(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '.'; });
}

std::string_view text_of(std::string_view file) {
    for (const EmbeddedText& embedded : merge_sql()) {
        if (embedded.name == file) {
            return embedded.text;
        }
    }
    throw std::logic_error("no SQL file named " + std::string(file));
}

}  // namespace

SqlTemplates::SqlTemplates(std::string schema, std::string prefix)
    : schema_(std::move(schema)), prefix_(std::move(prefix)) {}

void SqlTemplates::set(std::string_view name, std::string value) {
    values_.insert_or_assign(std::string(name), std::move(value));
}

void SqlTemplates::read_view_of(std::string table) {
    views_.insert(std::move(table));
}

std::string SqlTemplates::table(std::string_view name) const {
    if (views_.contains("moodle." + std::string(name))) {
        return "pg_temp." + quote_name("moodle_" + std::string(name));
    }
    return quote_name(schema_) + "." + quote_name(prefix_ + std::string(name));
}

std::string SqlTemplates::filling(std::string_view placeholder) const {
    constexpr std::string_view moodle = "moodle.";
    constexpr std::string_view sequence = "sequence.";
    if (placeholder.starts_with(moodle)) {
        return table(placeholder.substr(moodle.size()));
    }
    if (placeholder.starts_with(sequence)) {
        return quote_literal(table(std::string(placeholder.substr(sequence.size())) + "_id_seq"));
    }
    return value(placeholder);
}

const std::string& SqlTemplates::value(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) {
        throw std::logic_error("no value for the SQL placeholder " + std::string(name));
    }
    return found->second;
}

std::string SqlTemplates::through_views(std::string sql) const {
    constexpr std::string_view schema = "entstream.";
    if (views_.empty()) {
        return sql;
    }
    std::size_t begin = 0;
    while ((begin = sql.find(schema, begin)) != std::string::npos) {
        std::size_t end = begin + schema.size();
        while (end < sql.size() && ((sql[end] >= 'a' && sql[end] <= 'z') || sql[end] == '_')) {
            ++end;
        }
        const bool is_literal = begin > 0 && sql[begin - 1] == '\'';  // it asks for the size of the table
        if (!is_literal && views_.contains(std::string_view(sql).substr(begin, end - begin))) {
            sql.replace(begin, schema.size(), "pg_temp.");
        }
        begin = end;
    }
    return sql;
}

std::string SqlTemplates::operator()(std::string_view file) const {
    std::string_view rest = text_of(file);
    std::string sql;
    sql.reserve(rest.size() * 2);
    while (true) {
        const std::size_t open = rest.find('{');
        if (open == std::string_view::npos) {
            return through_views(sql.append(rest));
        }
        sql.append(rest.substr(0, open));
        rest.remove_prefix(open);
        const std::size_t close = rest.find('}');
        const std::string_view name = close == std::string_view::npos ? std::string_view{} : rest.substr(1, close - 1);
        if (is_placeholder(name)) {
            sql.append(filling(name));
            rest.remove_prefix(close + 1);
        } else {
            sql += '{';
            rest.remove_prefix(1);
        }
    }
}

}  // namespace entstream::consumer::merge
