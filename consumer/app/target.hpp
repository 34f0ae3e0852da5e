#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "consumer/merge/target.hpp"

namespace entstream::consumer::app {

/// What the application needs of a Moodle database: the functions of merge::MoodleTarget, with their meaning and
/// errors. Stands between the two so that retries and bisection can be tested without a database.
class Target {
  public:
    Target() = default;
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
    virtual ~Target() = default;

    virtual void open() = 0;
    virtual merge::StoredPosition claim(const std::string& source) = 0;
    virtual std::optional<merge::StoredPosition> position(const std::string& source) = 0;
    virtual merge::ApplySummary apply(const Batch& batch) = 0;
    virtual bool settle() = 0;
    virtual merge::SweepSummary sweep(const std::string& source) = 0;
    virtual std::vector<RefusedRecord> refused(const std::string& source, const std::string& after, int most) = 0;
    virtual merge::Counts retry(const Batch& batch, const std::vector<RefusedRecord>& records) = 0;
    virtual void renew_lease() = 0;
};

/// The real one.
class MoodleDatabase final : public Target {
  public:
    explicit MoodleDatabase(const ConsumerConfig& config) : target_(config) {}

    void open() override { target_.open(); }
    merge::StoredPosition claim(const std::string& source) override { return target_.claim(source); }
    std::optional<merge::StoredPosition> position(const std::string& source) override {
        return target_.position(source);
    }
    merge::ApplySummary apply(const Batch& batch) override { return target_.apply(batch); }
    bool settle() override { return target_.settle(); }
    merge::SweepSummary sweep(const std::string& source) override { return target_.sweep(source); }
    std::vector<RefusedRecord> refused(const std::string& source, const std::string& after, int most) override {
        return target_.refused(source, after, most);
    }
    merge::Counts retry(const Batch& batch, const std::vector<RefusedRecord>& records) override {
        return target_.retry(batch, records);
    }
    void renew_lease() override { target_.renew_lease(); }
    /// As in merge::MoodleTarget.
    std::vector<merge::TargetCount> counts() { return target_.counts(); }
    void note_restored(const std::string& source) { target_.note_restored(source); }
    [[nodiscard]] const merge::SqlClock::Times& sql_times() const { return target_.sql_times(); }
    std::vector<merge::Pause> pauses() { return target_.pauses(); }
    merge::FirstStart first_start() { return target_.first_start(); }
    void store_first_start(const std::vector<merge::PlanTotal>& totals, std::int64_t records) {
        target_.store_first_start(totals, records);
    }

  private:
    merge::MoodleTarget target_;
};

}  // namespace entstream::consumer::app
