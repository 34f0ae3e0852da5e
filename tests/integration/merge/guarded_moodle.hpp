#pragma once

#include <cstdint>
#include <string>

#include "tests/integration/merge/merge_test.hpp"

namespace entstream::test {

/// A Moodle whose guard holds removals that are too many.
class GuardedMoodle : public MergeTest {
  protected:
    static constexpr int first_group = 20000;
    static constexpr int first_role = 21000;

    void users(int first, int count) {
        for (int i = first; i < first + count; ++i) {
            user(i);
        }
    }
    void users_leave(int first, int count) {
        for (int i = first; i < first + count; ++i) {
            user_leaves(i);
        }
    }
    /// All DELETEs of the batch belong to one refresh, which brings so many.
    void announce(std::int64_t users, std::int64_t members = 0) {
        consumer::RemovalTotals totals{.generation = 7,
                                       .cause = "refresh",
                                       .announced = {.users = users, .groups = 0, .roles = 0, .members = members},
                                       .seen = {}};
        for (const auto& leaver : batch_.users) {
            totals.seen.push_back({.version = leaver.version, .kind = KeyKind::user});
        }
        batch_.removals = {totals};
    }
    consumer::merge::HeldDecision approve(const consumer::merge::HeldChoice& choice = {}) {
        consumer::merge::HeldDecision decision;
        target_->approve("rennes", choice, decision);
        return decision;
    }
    std::string suspended() { return sql("SELECT count(*) FROM mdl_user WHERE suspended = 1"); }
    std::string held() { return sql("SELECT entity, count(*) FROM entstream.held GROUP BY entity ORDER BY entity"); }
    /// A process starts again with another guard.
    void configure(const consumer::GuardConfig& guard) {
        target_.reset();
        auto config = moodle_->config();
        config.guard = guard;
        target_.emplace(config);
        target_->open();
        target_->claim("rennes");
    }
};

}  // namespace entstream::test
