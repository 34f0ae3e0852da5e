#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace entstream::replay {

/// How far a long piece of work is, on standard error: one line that is written anew on a terminal, a line every few
/// seconds elsewhere, so that logs stay readable.
class Progress {
  public:
    explicit Progress(bool shown);
    /// Ends the line of a terminal.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Another piece of work. \param what  "reading the log of rennes"
    void begin(std::string what);
    /// \param all  0: nobody knows
    void show(std::int64_t done, std::int64_t all);
    /// The same without numbers of ours.
    void say(const std::string& text);
    /// Before something else is written to a terminal.
    void clear();

  private:
    using Clock = std::chrono::steady_clock;

    bool shown_;
    bool terminal_;
    std::string what_;
    std::string last_;  ///< as it was said last
    Clock::time_point begun_{};
    Clock::time_point next_{};
    bool on_line_ = false;
};

}  // namespace entstream::replay
