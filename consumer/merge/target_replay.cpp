// A replay beside the process that serves the Moodle: portions of a plan, planned anew and written.

#include <pqxx/transaction>

#include "consumer/merge/plan.hpp"
#include "consumer/merge/settle.hpp"
#include "consumer/merge/target_impl.hpp"

namespace entstream::consumer::merge {

Counts MoodleTarget::Impl::replay(const std::string& source, const ReplayScope& scope,
                                  const std::vector<ReplayUnit>& units, const ReplayRemovals& remaining,
                                  const std::function<void(const std::vector<PlannedObject>&)>& look) {
    pqxx::work transaction(connection_->get());
    SqlTemplates sql = for_source(transaction, source);
    const pqxx::row held = hold_position(transaction, sql);
    const Site site = read_site(held);
    check_site(transaction, site);
    sql.set("first_offset", held["next_offset"].as<std::string>());
    sql.set("next_offset", held["next_offset"].as<std::string>());
    // No generation of the producer's: what is announced is never on the log.
    const std::vector<RemovalTotals> announced = {{.generation = 0,
                                                   .cause = "replay",
                                                   .announced = {.users = remaining.users,
                                                                 .groups = remaining.cohorts,
                                                                 .roles = remaining.role_assignments,
                                                                 .members = remaining.members},
                                                   .seen = {}}};
    const Counts counts = plan_and_write(transaction, sql, site, [&] {
        PlanOptions options = plan_options(held);
        options.something_is_parked = held["something_is_parked"].as<bool>();
        options.something_is_unmapped = held["something_is_unmapped"].as<bool>();
        options.retries_parked = !scope.update_only;
        options.replay = &scope;
        options.announced = &announced;
        if (scope.update_only) {
            options.adopt_users_by.clear();
            options.adopt_cohorts_by.clear();
        }
        Plan planned = plan_units(transaction, sql, units, options);
        if (look) {
            std::vector<PlannedObject> objects;
            read_plan(transaction, sql, [&](const PlannedObject& object) { objects.push_back(object); });
            look(objects);
        }
        return planned;
    });
    transaction.commit();
    return counts;
}

void MoodleTarget::Impl::settle_beside(const std::string& source) {
    pqxx::work transaction(connection_->get());
    hold_position(transaction, for_source(transaction, source));
    merge::settle(transaction, sql_);
    transaction.commit();
}

}  // namespace entstream::consumer::merge
