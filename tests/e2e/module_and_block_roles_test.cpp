// Roles in an activity and in a block, from the directory to mdl_role_assignments.

#include "tests/e2e/fixture.hpp"

namespace entstream::test {
namespace {

class ModuleAndBlockRoles : public EndToEnd {
  protected:
    void SetUp() override {
        EndToEnd::SetUp();
        // What an administrator of Moodle makes: an activity with an ID number, and a block in the same course.
        module_ = write_moodle(
            "INSERT INTO mdl_course_modules (course, idnumber) SELECT min(id), 'QUIZ-1' FROM mdl_course WHERE id > 1 "
            "RETURNING id");
        block_ = write_moodle(
            "INSERT INTO mdl_block_instances (blockname, parentcontextid, showinsubcontexts, defaultweight, "
            "timecreated, "
            "timemodified) SELECT 'html', min(id), 0, 0, 0, 0 FROM mdl_context WHERE contextlevel = 50 RETURNING id");
        make_context("70", module_);
        make_context("80", block_);
        // In a fresh Moodle the role may be given in courses and activities only.
        write_moodle(
            "INSERT INTO mdl_role_context_levels (roleid, contextlevel) SELECT id, 80 FROM mdl_role "
            "WHERE shortname = 'editingteacher' RETURNING id");
        configure_consumer(R"toml(
[roles.fields]
role = { value = "${cn}", regex = '(?i)^moodle:([^:]+):', table = { ENS = "editingteacher", TUT = "teacher", ADM = "manager" } }
level = { value = "${cn}", regex = '(?i)^moodle:[^:]+:([^:]+):', table = { COURS = "course", CAT = "coursecat", SYS = "system", ACT = "module", BLOC = "block" } }
identifier = { value = "${cn}", regex = '(?i)^moodle:[^:]+:[^:]+:(.+)$' }
)toml");
    }

    std::string write_moodle(const std::string& statement) {
        pqxx::connection database(servers_.conninfo());
        pqxx::work work(database);
        std::string id = work.exec1(statement)[0].c_str();
        work.commit();
        return id;
    }
    void make_context(const std::string& level, const std::string& instance) {
        write_moodle("INSERT INTO mdl_context (contextlevel, instanceid, path, depth) VALUES (" + level + ", " +
                     instance + ", '/1/' || " + level + ", 2) RETURNING id");
    }
    void add_role_object(const std::string& cn, const std::string& member) {
        directory_->add("cn=" + cn + ",ou=roles," + servers_.ldap_base,
                        {{"objectClass", {"groupOfNames"}}, {"cn", {cn}}, {"member", {member}}});
    }
    /// Whether these people, and nobody else, have the role there.
    [[nodiscard]] static std::string given(const std::string& level, const std::string& instance,
                                           const std::string& people) {
        return "SELECT coalesce(string_agg(u.username, ',' ORDER BY u.username), '') = '" + people +
               "' FROM mdl_role_assignments a JOIN mdl_role r ON r.id = a.roleid AND r.shortname = 'editingteacher' "
               "JOIN mdl_context x ON x.id = a.contextid AND x.contextlevel = " +
               level + " AND x.instanceid = " + instance +
               " JOIN mdl_user u ON u.id = a.userid WHERE a.component = 'local_entstream'";
    }

    std::string module_;
    std::string block_;
};

TEST_F(ModuleAndBlockRoles, AreGivenMovedAndTakenAwayAsTheDirectorySays) {
    const Place first = some_pupil(0);
    const Place second = some_pupil(1);
    add_role_object("moodle:ENS:ACT:QUIZ-1", first.person_dn);
    add_role_object("moodle:ENS:BLOC:" + block_, first.person_dn);
    pipeline_->start_producer();
    pipeline_->start_consumer();
    wait_for_moodle(given("70", module_, first.username));
    wait_for_moodle(given("80", block_, first.username));

    const std::string of_module = "cn=moodle:ENS:ACT:QUIZ-1,ou=roles," + servers_.ldap_base;
    directory_->add_value(of_module, "member", second.person_dn);
    directory_->remove_value(of_module, "member", first.person_dn);
    wait_for_moodle(given("70", module_, second.username));
    EXPECT_TRUE(moodle_says(given("80", block_, first.username)));

    // Renamed to a level that nobody knows, it gives nothing any more.
    directory_->rename(of_module, "cn=moodle:ENS:NIVEAU:QUIZ-1");
    wait_for_moodle(given("70", module_, ""));
    directory_->remove("cn=moodle:ENS:BLOC:" + block_ + ",ou=roles," + servers_.ldap_base);
    wait_for_moodle(given("80", block_, ""));
}

}  // namespace
}  // namespace entstream::test
