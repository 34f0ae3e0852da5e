#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace entstream::producer::publish {

/// When a transaction of a refresh is closed. Each costs a round trip or two in which nothing is published, so they
/// must be large; but the first records of a refresh should be seen soon, so that whoever follows the log has work.
/// Hence each transaction may be twice as large, and be open twice as long, as the one before.
class TransactionSize {
  public:
    /// \param most_records  never more than about so many
    explicit TransactionSize(std::size_t most_records) : most_records_(most_records) {}

    /// A refresh begins.
    void restart() {
        records_ = first_records;
        age_ = first_age;
    }
    /// A transaction was closed.
    void grow() {
        records_ = std::min(records_ * 2, std::max(most_records_, first_records));
        age_ = std::min(age_ * 2, most_age);
    }

    [[nodiscard]] bool reached(std::size_t records) const { return records >= std::min(records_, most_records_); }
    [[nodiscard]] bool reached(std::chrono::steady_clock::duration age) const { return age >= age_; }

  private:
    static constexpr std::size_t first_records = 1000;
    static constexpr std::chrono::milliseconds first_age{25};
    static constexpr std::chrono::milliseconds most_age{400};

    std::size_t most_records_;
    std::size_t records_ = first_records;
    std::chrono::milliseconds age_ = first_age;
};

}  // namespace entstream::producer::publish
