#pragma once

#include <string>
#include <vector>

#include "common/config/node.hpp"
#include "common/config/reading.hpp"
#include "common/config/schema.hpp"

/// What of a Moodle's own accounts may become ours (docs/adoption.md).
namespace entstream::consumer {

enum class AdoptMode { off, exact, ask };

/// What the directory may do to a field of an adopted account, then and later.
enum class AdoptedFields { directory, fill };

/// [users.adopt]
struct AccountAdoption {
    AdoptMode mode = AdoptMode::off;
    std::vector<std::string> by = {"idnumber", "username"};  ///< idnumber, username, email, profile:<shortname>
    std::vector<std::string> auths;                          ///< mdl_user.auth; empty: users.auth
    bool changes_auth = false;                               ///< to users.auth
    bool clears_password = false;                            ///< to 'not cached'
    AdoptedFields fields = AdoptedFields::directory;
    std::vector<std::string> except;  ///< fields for which it is the other way round
};

/// [cohorts.adopt]
struct CohortAdoption {
    std::vector<std::string> components;  ///< mdl_cohort.component; empty: no cohort is adopted
    std::string by = "idnumber";          ///< or name
    bool asks = false;                    ///< each one waits for an approval
    bool removes_members = false;         ///< whom the directory does not name leaves; else he stays
};

/// [roles.adopt]
struct RoleAdoption {
    std::vector<std::string> components;  ///< mdl_role_assignments.component; empty: no row is adopted
    bool asks = false;                    ///< each one waits for an approval
};

struct Adoption {
    AccountAdoption users;
    CohortAdoption cohorts;
    RoleAdoption roles;
};

/// Keys of [users.adopt], [cohorts.adopt] and [roles.adopt].
void add_adoption(config::Schema& schema, Adoption& adoption);

/// Reports what does not go together.
void check_adoption(const Adoption& adoption, const config::Node& root, config::Reading& reading);

}  // namespace entstream::consumer
