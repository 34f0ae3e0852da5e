#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace entstream::consumer::merge {

/// The SQL of consumer/merge/sql with its placeholders filled in.
///
/// `{moodle.user}` becomes the quoted name of Moodle's table, `{sequence.user}` the quoted name of its id sequence as a
/// literal; any other `{name}` the value set under that name. Values are inserted as they are: whoever sets one has
/// quoted it.
class SqlTemplates {
  public:
    /// \param schema, prefix where Moodle's tables are ($CFG->dboptions['dbschema'], $CFG->prefix)
    SqlTemplates(std::string schema, std::string prefix);

    void set(std::string_view name, std::string value);

    /// The value set under that name, quoted as it was set.
    /// \throws std::logic_error none was set
    [[nodiscard]] const std::string& value(std::string_view name) const;

    /// The text of the file `consumer/merge/sql/<file>.sql`, ready to run.
    /// \throws std::logic_error no such file, or a placeholder without a value
    [[nodiscard]] std::string operator()(std::string_view file) const;

    /// Moodle's table, quoted: `"public"."mdl_user"`.
    [[nodiscard]] std::string table(std::string_view name) const;

    /// From now on a view of the same name in the session's temporary schema is read in the place of a table:
    /// `pg_temp.link` for `entstream.link`, `pg_temp.moodle_cohort` for `{moodle.cohort}`.
    /// \param table  "entstream.link", "moodle.cohort"
    void read_view_of(std::string table);

  private:
    [[nodiscard]] std::string filling(std::string_view placeholder) const;
    /// Puts the views in the place of entstream's tables.
    [[nodiscard]] std::string through_views(std::string sql) const;

    std::string schema_;
    std::string prefix_;
    std::map<std::string, std::string, std::less<>> values_;
    std::set<std::string, std::less<>> views_;  ///< names of tables
};

}  // namespace entstream::consumer::merge
