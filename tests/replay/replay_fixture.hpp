#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/e2e/fixture.hpp"
#include "tests/support/process.hpp"

namespace entstream::test {

/// entstream-replay as an operator runs it, beside a producer and a consumer that have brought a Moodle in step.
class ReplayProgram : public EndToEnd {
  protected:
    void SetUp() override;

    /// Starts a consumer and a producer as Pipeline does, and waits until they have brought Moodle in step.
    void start_both();

    [[nodiscard]] std::vector<std::string> command(const std::string& name, std::vector<std::string> options) const;
    [[nodiscard]] Exit replay(const std::string& name, const std::vector<std::string>& options) const {
        return Process::run(command(name, options), pipeline_->environment());
    }
    [[nodiscard]] Exit sync(const std::vector<std::string>& options) const { return replay("sync", options); }

    /// Somebody changes rows of Moodle, at least one.
    void by_hand(const std::string& statement);
    std::string text(const std::string& query);
    /// Whatever the database takes.
    void run(const std::string& statements);

    /// Somebody changes accounts, cohorts, memberships and roles by hand.
    void change_by_hand(const Place& pupil);

    /// Everything that a simulation must leave as it is: each table's content, each sequence, the ends of all topics
    /// and what Kafka knows of the consumer's group.
    std::map<std::string, std::string> everything();

  private:
    std::string committed(const std::string& topic);
};

/// The same for tests that share one directory, Moodle, log and pair of programs, and leave Moodle as the directory
/// says.
class SharedReplayProgram : public ReplayProgram {
  public:
    static void TearDownTestSuite();

  protected:
    void SetUp() override;
    void TearDown() override;
};

}  // namespace entstream::test
