#include "consumer/merge/write.hpp"

#include <pqxx/result>

#include <stdexcept>
#include <string>
#include <string_view>

namespace entstream::consumer::merge {
namespace {

Action action_named(std::string_view name) {
    for (std::size_t i = 0; i < action_count; ++i) {
        if (to_text(static_cast<Action>(i)) == name) {
            return static_cast<Action>(i);
        }
    }
    throw std::logic_error("SQL counts an unknown action " + std::string(name));
}

/// The steps of a write; each is a file of sql/write.
class Writer {
  public:
    Writer(pqxx::transaction_base& transaction, const SqlTemplates& sql, const Plan& plan, bool log_rows)
        : transaction_(transaction), sql_(sql), plan_(plan), log_rows_(log_rows), counts_(plan.counts) {}

    Counts write() {
        write_users();
        write_profile();
        write_cohorts();
        write_desired_state();
        if (plan_.cohort_members) {
            count(Entity::member, "write/cohort_members");
            log("write/cohort_members_log");
        }
        if (plan_.role_assignments) {
            count(Entity::role_assignment, "write/role_assignments");
            log("write/role_assignments_log");
        }
        if (plan_.enrolments) {
            count(Entity::enrolment, "write/enrolments");
            log("write/enrolments_log");
        }
        return counts_;
    }

  private:
    void write_users() {
        if (!plan_.users) {
            return;
        }
        if (plan_.changed_users > 0 || plan_.claimed_usernames) {
            count(Entity::user, "write/users_update");
            if (counts_(Entity::user, Action::revived) + counts_(Entity::user, Action::adopted) > 0) {
                run("write/users_revived");
            }
            if (counts_(Entity::user, Action::suspended) > 0) {
                run("write/users_suspended");
            }
            log("write/users_update_log");
        }
        run("write/user_links");
        if (plan_.new_users > 0) {
            run("write/users_create");
            log("write/users_create_log");
            counts_(Entity::user, Action::created) += plan_.new_users;
        }
    }

    void write_profile() {
        if (plan_.profile) {
            count(Entity::user, "write/profile");
        }
    }

    void write_cohorts() {
        if (!plan_.cohorts) {
            return;
        }
        if (plan_.changed_cohorts > 0 || plan_.claimed_idnumbers) {
            count(Entity::cohort, "write/cohorts_update");
            log("write/cohorts_update_log");
        }
        run("write/cohort_links");
        if (plan_.new_cohorts > 0) {
            run("write/cohorts_create");
            log("write/cohorts_create_log");
            counts_(Entity::cohort, Action::created) += plan_.new_cohorts;
        }
        if (plan_.cohort_categories) {
            run("write/cohort_categories");
        }
    }

    /// entstream's own tables.
    void write_desired_state() {
        if (plan_.memberships) {
            run("write/memberships");
        }
        if (plan_.former_members) {
            run("write/former_members");
        }
        if (plan_.completes_returning) {
            run("write/returned");
        }
        if (plan_.roles) {
            run("write/role_objects");
        }
        if (plan_.parked) {
            run("write/parked");
        }
        if (plan_.unmapped) {
            run("write/unmapped");
        }
        if (plan_.role_candidates) {
            run("write/role_candidates");
        }
        if (plan_.rejected) {
            run("write/rejected");
        }
        if (plan_.held) {
            run("write/held");
        }
    }

    pqxx::result run(std::string_view file) { return transaction_.exec(sql_(file)); }

    void count(Entity entity, std::string_view file) {
        for (const auto& row : run(file)) {
            counts_(entity, action_named(row[0].c_str())) += row[1].as<std::int64_t>();
        }
    }

    void log(std::string_view file) {
        if (log_rows_) {
            run(file);
        }
    }

    pqxx::transaction_base& transaction_;
    const SqlTemplates& sql_;
    const Plan& plan_;
    bool log_rows_;
    Counts counts_;
};

}  // namespace

Counts write(pqxx::transaction_base& transaction, const SqlTemplates& sql, const Plan& plan, bool log_rows) {
    return Writer(transaction, sql, plan, log_rows).write();
}

}  // namespace entstream::consumer::merge
