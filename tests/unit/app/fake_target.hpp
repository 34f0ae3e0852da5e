#pragma once

#include <pqxx/except>

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "consumer/app/target.hpp"

namespace entstream::consumer::app {

/// A Moodle in memory: keeps positions and the versions that were applied, refuses the data of chosen offsets, and does
/// once what it is told to do before or after a commit.
class FakeTarget final : public Target {
  public:
    std::map<std::string, merge::StoredPosition> positions;
    std::vector<Offset> applied;                   ///< versions of all deltas, in the order of their commits
    std::set<Offset> bad_data;                     ///< deltas that violate a constraint
    std::vector<RefusedRecord> kept;               ///< what batches said of records that were refused
    std::map<std::string, RefusedRecord> waiting;  ///< for retry(), by key
    int refusals = 0;                              ///< by retry()
    int opened = 0;
    std::deque<std::function<void()>> before_commit;  ///< one for each coming apply(); may throw
    std::deque<std::function<void()>> after_commit;   ///< may throw: the answer is lost, the work is done
    std::deque<std::function<void()>> at_open;

    void open() override {
        ++opened;
        next(at_open);
    }
    merge::StoredPosition claim(const std::string& source) override { return positions[source]; }
    std::optional<merge::StoredPosition> position(const std::string& source) override { return positions[source]; }

    merge::ApplySummary apply(const Batch& batch) override {
        next(before_commit);
        auto& stored = positions[batch.source];
        if (stored.next_offset != batch.first_offset) {
            throw merge::Fenced("the position stands elsewhere");
        }
        for (const UserDelta& user : batch.users) {
            if (bad_data.contains(user.version)) {
                throw pqxx::check_violation("Key (username)=(ana.petit) is not allowed", "INSERT", "23514");
            }
        }
        if (batch.refused) {
            kept.push_back(*batch.refused);
        }
        merge::ApplySummary summary;
        for (const UserDelta& user : batch.users) {
            applied.push_back(user.version);
            ++summary.counts(merge::Entity::user, merge::Action::created);
        }
        stored.next_offset = batch.next_offset;
        stored.last_sequence = batch.last_sequence;
        next(after_commit);
        return summary;
    }

    bool settle() override { return false; }
    merge::SweepSummary sweep(const std::string& /*source*/) override { return {}; }
    std::vector<RefusedRecord> refused(const std::string& /*source*/, const std::string& after, int most) override {
        std::vector<RefusedRecord> records;
        for (const auto& [key, record] : waiting) {
            if (key > after && records.size() < static_cast<std::size_t>(most)) {
                records.push_back(record);
            }
        }
        return records;
    }
    merge::Counts retry(const Batch& /*batch*/, const std::vector<RefusedRecord>& records) override {
        for (const RefusedRecord& record : records) {
            if (bad_data.contains(record.version)) {
                ++refusals;
                throw pqxx::check_violation("Key (username)=(ana.petit) is not allowed", "INSERT", "23514");
            }
        }
        for (const RefusedRecord& record : records) {
            waiting.erase(record.key);
        }
        return {};
    }
    void renew_lease() override {}

  private:
    static void next(std::deque<std::function<void()>>& actions) {
        if (!actions.empty()) {
            const auto action = actions.front();
            actions.pop_front();
            action();
        }
    }
};

/// An action that throws.
template <typename Exception, typename... Arguments>
std::function<void()> throwing(Arguments... arguments) {
    return [=] { throw Exception(arguments...); };
}

}  // namespace entstream::consumer::app
