#pragma once

#include <pqxx/connection>

#include <string>

#include "consumer/consumer_config.hpp"

namespace entstream::test {

/// Which Moodle the tests of the merge run against: ours (schemas/moodle), or a complete one, where a dump of one is
/// present (schemas/moodle/restore_full.sh): with all that Moodle's installation wrote into these tables, and without
/// the tables that ours has not.
enum class MoodleKind { core_tables, complete };

/// A fresh Moodle database on the shared test server, copied from a template that is loaded once; dropped at the end.
class MoodleDatabase {
  public:
    /// \returns whether this kind can be had here
    static bool available(MoodleKind kind);

    explicit MoodleDatabase(MoodleKind kind);
    ~MoodleDatabase();
    MoodleDatabase(const MoodleDatabase&) = delete;
    MoodleDatabase& operator=(const MoodleDatabase&) = delete;

    /// A consumer that feeds this database from source "rennes".
    [[nodiscard]] const consumer::ConsumerConfig& config() const { return config_; }
    /// Its mapping says something of each field of accounts: those of the deltas that a test makes.
    void map_all_fields();

    /// Runs statements, as somebody else than entstream would; each call is a transaction of its own.
    /// \returns the rows of the last one as psql -At prints them: columns by |, rows by line
    std::string sql(const std::string& statements) const;

    /// Runs one statement as the server's superuser, in database postgres and outside of a transaction: ALTER DATABASE.
    static void as_superuser(const std::string& statement);

    /// A connection of one's own, to hold locks with.
    [[nodiscard]] std::string conninfo() const;

  private:
    consumer::ConsumerConfig config_;
};

}  // namespace entstream::test
