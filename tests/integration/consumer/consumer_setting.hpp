#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/kafka/transactional_producer.hpp"
#include "consumer/read/log_record.hpp"
#include "tests/integration/merge/moodle_database.hpp"
#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"
#include "tests/unit/read/log_records.hpp"

namespace entstream::test {

/// What one test of the program entstream-consumer works with: a source of its own, whose log the test writes itself,
/// and a Moodle database of its own.
class ConsumerSetting {
  public:
    /// \param suffix  where a test has several
    explicit ConsumerSetting(const std::string& suffix = "");

    [[nodiscard]] static const Servers& servers();
    [[nodiscard]] static kafka::KafkaConfig kafka();
    [[nodiscard]] const std::string& source() const { return source_; }
    [[nodiscard]] std::string topic() const { return "entstream." + source_ + ".changes"; }
    [[nodiscard]] std::string dead_letter_topic() const { return "entstream.moodle-" + source_ + ".dlq"; }

    MoodleDatabase& database() { return database_; }
    /// Makes records; write() puts them on the log.
    consumer::read::LogRecords& records() { return records_; }

    void create_topic();
    /// A topic as somebody else would make it, for a program that only reads it.
    void create_topic_with(int partitions, const std::map<std::string, std::string>& settings) const;
    void delete_topic();
    static void delete_topic(const std::string& topic);
    /// One transaction. \pre create_topic()
    void write(const std::vector<consumer::read::LogRecord>& records);

    /// Lines that stand after [database] in the program's configuration file.
    void set_database_lines(const std::string& lines) { database_lines_ = lines; }
    /// Sections that follow [database].
    void set_more_lines(const std::string& lines) { more_lines_ = lines; }
    /// [consumer] first_start: most tests do not wait for an approval.
    void set_first_start(const std::string& policy) { first_start_ = policy; }
    /// Where the program finds the database: a port that leads there.
    void set_database_port(int port) { database_port_ = port; }
    void set_component(const std::string& component) { component_ = component; }
    /// Runs the program with its configuration and these options to its end.
    Exit run(const std::vector<std::string>& options);
    Exit run(const std::vector<std::string>& options, const std::string& password);
    /// Runs entstream-replay with the same configuration and these arguments.
    Exit replay(const std::vector<std::string>& arguments);
    /// Runs it until the end of the log is applied.
    Exit run_once() { return run({"--once"}); }
    /// Starts it.
    std::unique_ptr<Process> start(const std::vector<std::string>& options = {});

    /// Waits until a query of the database gives this text. \returns what it gave last
    std::string wait_for(const std::string& query, const std::string& expected);

  private:
    std::vector<std::string> command(const std::vector<std::string>& options,
                                     const std::string& program = "entstream-consumer");
    std::map<std::string, std::string> environment();

    std::string source_;
    MoodleDatabase database_{MoodleKind::core_tables};
    consumer::read::LogRecords records_;
    std::unique_ptr<kafka::TransactionalProducer> producer_;
    std::string database_lines_;
    std::string more_lines_;
    int database_port_ = 0;  ///< 0: the server's own
    std::string component_ = "local_entstream";
    std::string first_start_ = "apply";
    TempDir dir_;
};

}  // namespace entstream::test
