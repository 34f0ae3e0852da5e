#pragma once

#include <initializer_list>
#include <string>

namespace entstream::test {

class Process;

/// What a program of ours answers on its port for metrics.
class Scrape {
  public:
    /// Waits until the program has said in its log where it listens, and asks it. \throws std::runtime_error
    static Scrape of(const Process& program, const std::string& path = "/metrics");

    /// The value of the one series with this name whose labels have all these texts in them (`source="rennes"`); -1:
    /// there is none. \throws std::runtime_error there are several
    [[nodiscard]] double operator()(const std::string& name, std::initializer_list<std::string> labels = {}) const;

    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] int status() const { return status_; }

  private:
    std::string text_;
    int status_ = 0;
};

}  // namespace entstream::test
