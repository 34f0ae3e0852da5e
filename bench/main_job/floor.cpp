#include "bench/main_job/floor.hpp"

#include "bench/figure.hpp"
#include "bench/plain_database.hpp"

namespace entstream::bench {

namespace {

constexpr const char* which_users = "SELECT * FROM mdl_user WHERE auth = 'ldap'";
constexpr const char* which_contexts =
    "SELECT x.* FROM mdl_context x JOIN mdl_user u ON x.contextlevel = 30 AND x.instanceid = u.id WHERE u.auth = "
    "'ldap'";
constexpr const char* which_log =
    R"(SELECT * FROM mdl_logstore_standard_log WHERE eventname = '\core\event\user_created')";

}  // namespace

MoodleRows export_rows(const test::ServersInfo& servers) {
    PlainDatabase database(servers);
    return {.users = database.copy_out(which_users),
            .contexts = database.copy_out(which_contexts),
            .log = database.copy_out(which_log)};
}

double write_rows(const test::ServersInfo& servers, const MoodleRows& rows) {
    PlainDatabase database(servers);
    const Stopwatch watch;
    database.execute("BEGIN");
    database.write("mdl_user", rows.users);
    database.write("mdl_context", rows.contexts);
    database.write("mdl_logstore_standard_log", rows.log);
    database.execute("COMMIT");
    return watch.seconds();
}

}  // namespace entstream::bench
