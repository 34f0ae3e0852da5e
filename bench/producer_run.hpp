#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/servers_info.hpp"

namespace entstream::bench {

/// A search of the producer, and of its peer ldapsearch.
struct Search {
    std::string name;
    std::string kind;
    std::string branch;  ///< RDN of the base, below the suffix
    std::string filter;
    std::vector<std::string> attributes;
};

/// The people alone; with groups and role objects.
std::vector<Search> people_searches();
std::vector<Search> region_searches();

/// entstream-producer over a list of searches, with a configuration file as an operator would write it. Killed by the
/// destructor.
class ProducerRun {
  public:
    /// \param dir   gets the configuration file
    /// \param more  further lines of the file
    ProducerRun(test::ServersInfo servers, std::string source, std::vector<Search> searches,
                const std::filesystem::path& dir, const std::string& more = "");

    void start();
    /// Returns when every search has ended its refresh and all that it published is committed.
    /// \throws std::runtime_error the producer ended, or it takes too long: with the producer's words
    void wait_until_committed();
    /// Returns when the producer follows the directory, which it says after it has committed nothing or everything.
    void wait_until_streaming();
    /// Asks it to end. \throws std::runtime_error it did not end with status 0
    void stop();

    [[nodiscard]] const std::string& source() const { return source_; }
    [[nodiscard]] test::Process& process() { return *process_; }
    /// A line of /proc/PID/status that is in kB, as MB (10^6 octets).
    [[nodiscard]] double memory(const std::string& field) const;

  private:
    void check_running(double seconds);

    test::ServersInfo servers_;
    std::string source_;
    std::vector<Search> searches_;
    std::filesystem::path file_;
    std::unique_ptr<test::Process> process_;
};

}  // namespace entstream::bench
