#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace entstream::consumer::merge {

/// What time in the database is spent for.
enum class SqlStep : std::uint8_t { stage, plan, guard, write, commit, touch, sweep };
inline constexpr std::size_t sql_step_count = 7;

/// Time in the database by step. Steps within steps count for the inner one alone, but those of a sweep, which is one.
///
/// Not thread-safe.
class SqlClock {
  public:
    using Clock = std::chrono::steady_clock;
    using Times = std::array<Clock::duration, sql_step_count>;

    /// A step that is done as long as it lives.
    class Step {
      public:
        /// \param clock  nullptr: nobody wants to know
        Step(SqlClock* clock, SqlStep step) : clock_(clock) {
            if (clock_ != nullptr) {
                outer_ = clock_->change(step);
            }
        }
        ~Step() {
            if (clock_ != nullptr) {
                clock_->change_back(outer_);
            }
        }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;

      private:
        SqlClock* clock_;
        int outer_ = none;
    };

    /// Since it was made.
    [[nodiscard]] const Times& times() const { return times_; }

  private:
    static constexpr int none = -1;

    void pass() {
        const auto now = Clock::now();
        if (step_ != none) {
            times_.at(static_cast<std::size_t>(step_)) += now - since_;
        }
        since_ = now;
    }
    int change(SqlStep step) {
        pass();
        const int outer = step_;
        if (outer != static_cast<int>(SqlStep::sweep)) {
            step_ = static_cast<int>(step);
        }
        return outer;
    }
    void change_back(int outer) {
        pass();
        step_ = outer;
    }

    Times times_{};
    Clock::time_point since_{};
    int step_ = none;
};

}  // namespace entstream::consumer::merge
