#include "bench/entgen/moodle_sql.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "bench/entgen/course.hpp"

namespace entstream::entgen {

namespace {

// Nothing here reads the clock: the first day of the school year 2026, 00:00 UTC.
constexpr std::string_view created = "1788220800";

std::string quoted(std::string_view text) {
    std::string literal = "'";
    for (const char c : text) {
        literal += c;
        if (c == '\'') {
            literal += c;
        }
    }
    return literal + "'";
}

/// Puts the prefix of the tables for `{}` and the time for `{time}`.
std::string with_prefix(std::string_view statement, std::string_view prefix) {
    std::string text;
    while (!statement.empty()) {
        const std::size_t brace = std::min(statement.find('{'), statement.size());
        text += statement.substr(0, brace);
        statement.remove_prefix(brace);
        if (statement.starts_with("{time}")) {
            text += created;
            statement.remove_prefix(6);
        } else if (!statement.empty()) {
            text += prefix;
            statement.remove_prefix(2);
        }
    }
    return text;
}

// A context's path holds its own id, so ids are drawn before the rows are made.
constexpr std::string_view category_statement = R"(, made AS (
    INSERT INTO {}course_categories
        (id, name, idnumber, description, descriptionformat, parent, sortorder, timemodified, depth, path)
    SELECT id, name, idnumber, '', 1, 0, sortorder, {time}, 1, '/' || id
    FROM (SELECT nextval(pg_get_serial_sequence('{}course_categories', 'id')) AS id, name, idnumber,
                 10000 + (SELECT coalesce(max(sortorder) / 10000 * 10000, 0) FROM {}course_categories) AS sortorder
          FROM wanted
          WHERE NOT EXISTS (SELECT 1 FROM {}course_categories c WHERE c.idnumber = wanted.idnumber)) AS new
    RETURNING id)
INSERT INTO {}context (id, contextlevel, instanceid, path, depth)
SELECT new.id, 40, new.category, site.path || '/' || new.id, site.depth + 1
FROM (SELECT nextval(pg_get_serial_sequence('{}context', 'id')) AS id, id AS category FROM made) AS new,
     (SELECT path, depth FROM {}context WHERE contextlevel = 10) AS site;
)";

constexpr std::string_view course_statement = R"(, parent AS (
    SELECT c.id, c.sortorder, x.path, x.depth
    FROM {}course_categories c JOIN {}context x ON x.contextlevel = 40 AND x.instanceid = c.id
    WHERE c.idnumber = (SELECT category FROM wanted LIMIT 1)), made AS (
    INSERT INTO {}course
        (category, sortorder, fullname, shortname, idnumber, summary, summaryformat, format, newsitems, startdate,
         timecreated, timemodified, enablecompletion)
    SELECT parent.id, parent.sortorder + position, fullname, idnumber, idnumber, '', 1, 'topics', 5, {time},
           {time}, {time}, 1
    FROM wanted, parent
    WHERE NOT EXISTS (SELECT 1 FROM {}course c WHERE c.idnumber = wanted.idnumber)
    RETURNING id), contexts AS (
    INSERT INTO {}context (id, contextlevel, instanceid, path, depth)
    SELECT new.id, 50, new.course, parent.path || '/' || new.id, parent.depth + 1
    FROM (SELECT nextval(pg_get_serial_sequence('{}context', 'id')) AS id, id AS course FROM made) AS new, parent),
counted AS (
    UPDATE {}course_categories SET coursecount = coursecount + (SELECT count(*) FROM made)
    WHERE id = (SELECT id FROM parent))
INSERT INTO {}enrol (enrol, status, courseid, sortorder, expirythreshold, roleid, timecreated, timemodified)
SELECT 'manual', 0, made.id, 0, 86400, coalesce((SELECT id FROM {}role WHERE shortname = 'student'), 0), {time}, {time}
FROM made;
)";

std::string category_sql(const School& school, std::string_view prefix) {
    std::string sql =
        "WITH wanted (idnumber, name) AS (VALUES (" + quoted(school.uai()) + ", " + quoted(school.usual_name()) + "))";
    return sql + with_prefix(category_statement, prefix);
}

std::string course_sql(const School& school, std::string_view prefix) {
    std::string rows;
    int position = 0;
    for (int school_class = 0; school_class < static_cast<int>(school.classes().size()); ++school_class) {
        for (int subject = 0; subject < static_cast<int>(school.subjects().size()); ++subject) {
            const Course course{subject, school_class};
            if (is_left_out_of_moodle(school, course)) {
                continue;
            }
            ++position;
            rows += (rows.empty() ? "\n    (" : ",\n    (") + quoted(school.uai()) + ", " + std::to_string(position) +
                    ", " + quoted(course_idnumber(school, course)) + ", " + quoted(course_full_name(school, course)) +
                    ")";
        }
    }
    return "WITH wanted (category, position, idnumber, fullname) AS (VALUES" + rows + ")" +
           with_prefix(course_statement, prefix);
}

}  // namespace

void check_prefix(std::string_view prefix) {
    const bool plain = std::all_of(prefix.begin(), prefix.end(),
                                   [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
    if (prefix.empty() || !plain) {
        throw std::invalid_argument("table prefix '" + std::string(prefix) +
                                    "' is not one of Moodle's: use lower-case letters, digits and _, e.g. mdl_");
    }
}

void write_moodle_sql(const Region& region, std::string_view prefix, std::ostream& out) {
    check_prefix(prefix);
    for (int index = 0; index < region.schools(); ++index) {
        const School school = region.school(index);
        out << category_sql(school, prefix) << course_sql(school, prefix);
        if (!out) {
            throw std::runtime_error(
                "the output cannot be written: check the disk's free space or the reading program");
        }
    }
}

}  // namespace entstream::entgen
