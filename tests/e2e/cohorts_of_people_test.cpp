// Cohorts from attributes of people: classes of pupils and of teachers, beside the groups of the directory.

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

#include "tests/e2e/fixture.hpp"
#include "tests/support/process.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

std::string in_case(std::string text, int (*letter)(int)) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [letter](unsigned char c) { return static_cast<char>(letter(c)); });
    return text;
}

/// `ENTStructureUAI=0359001U,ou=structures,…$4EME1` as 0359001U:4EME1.
std::string class_of(const std::string& value) {
    const std::size_t begin = value.find('=') + 1;
    return value.substr(begin, value.find(',') - begin) + ':' + value.substr(value.rfind('$') + 1);
}

class CohortsOfPeople : public EndToEnd {
  protected:
    /// Both programs with cohorts of people in their configuration.
    void start_with_cohorts() {
        configure_cohorts();
        pipeline_->start_producer();
        pipeline_->start_consumer();
        expect_moodle_equals_directory();
    }

    void configure_cohorts() {
        publish_too(R"("ENTEleveClasses", "ENTAuxEnsClasses")");
        configure_consumer(R"toml(
[[cohorts.from_people]]
name = "classes"
filter = "(objectClass=ENTEleve)"
attribute = "ENTEleveClasses"
[cohorts.from_people.fields]
idnumber = { value = "${ENTEleveClasses}", regex = '(?i)\b([0-9]{7}[A-Z])\b.*\$([^$]+)$', rewrite = '\1:\2', case = "upper" }
name = { value = "${ENTEleveClasses}", regex = '(?i)\b([0-9]{7}[A-Z])\b.*\$([^$]+)$', rewrite = '\2 (\1)' }

[[cohorts.from_people]]
name = "teachers of classes"
attribute = "ENTAuxEnsClasses"
[cohorts.from_people.fields]
idnumber = { value = "${ENTAuxEnsClasses}", regex = '(?i)\b([0-9]{7}[A-Z])\b.*\$([^$]+)$', rewrite = 'teachers \1:\2' }
name = { value = "${ENTAuxEnsClasses}", regex = '\$([^$]+)$', rewrite = 'Teachers of \1' }
)toml");
        taken_in_ = true;
    }

    void wait_for_streaming() {
        ASSERT_TRUE(wait_until([&] { return pipeline_->producer().err().find("streaming") != std::string::npos; }))
            << pipeline_->output();
    }

    /// Adds attributes to the producer's search for people.
    void publish_too(const std::string& attributes) {
        std::ostringstream written;
        written << std::ifstream(pipeline_->producer_config()).rdbuf();
        std::string text = written.str();
        const std::string last = R"("ENTPersonStructRattach")";
        text.insert(text.find(last) + last.size(), ", " + attributes);
        std::ofstream(pipeline_->producer_config()) << text;
    }

    World expected_world() override {
        World world = read_directory(servers_);
        if (!taken_in_) {
            return world;
        }
        directory_->search("ou=people," + servers_.ldap_base, "(objectClass=ENTPerson)",
                           {"uid", "ENTEleveClasses", "ENTAuxEnsClasses"}, [&](const FoundEntry& entry) {
                               const std::string username = in_case(entry.values[0].front(), std::tolower);
                               for (const std::string& value : entry.values[1]) {
                                   world.cohorts[in_case(class_of(value), std::toupper)].insert(username);
                               }
                               for (const std::string& value : entry.values[2]) {
                                   world.cohorts["teachers " + class_of(value)].insert(username);
                               }
                           });
        return world;
    }

    struct Member {
        std::string dn;
        std::string username;
        std::vector<std::string> classes;  ///< values of the attribute
    };
    /// Those who have values of this attribute, ordered by them.
    std::vector<Member> members_by(const std::string& attribute) {
        std::vector<Member> members;
        for (const FoundEntry& entry :
             directory_->find("ou=people," + servers_.ldap_base, "(" + attribute + "=*)", {"uid", attribute})) {
            members.push_back({entry.dn, in_case(entry.values[0].front(), std::tolower), entry.values[1]});
        }
        std::sort(members.begin(), members.end(),
                  [](const Member& left, const Member& right) { return left.classes < right.classes; });
        return members;
    }

    static std::string is_member(const std::string& username, const std::string& idnumber) {
        return "EXISTS (SELECT 1 FROM mdl_cohort_members m JOIN mdl_cohort c ON c.id = m.cohortid JOIN mdl_user u ON "
               "u.id = m.userid WHERE u.username = '" +
               username + "' AND c.idnumber = $text$" + idnumber + "$text$)";
    }

    bool taken_in_ = false;
};

TEST_F(CohortsOfPeople, FollowTheDirectory) {
    start_with_cohorts();
    const auto pupils = members_by("ENTEleveClasses");
    const auto teachers = members_by("ENTAuxEnsClasses");
    ASSERT_GT(pupils.size(), 3U);
    const Member& mover = pupils[0];
    const Member& leaver = pupils[1];
    const std::string new_class = pupils.back().classes[0];
    ASSERT_NE(mover.classes[0], new_class);
    const auto teacher = std::find_if(teachers.begin(), teachers.end(), [&](const Member& one) {
        return std::find(one.classes.begin(), one.classes.end(), new_class) == one.classes.end();
    });
    ASSERT_NE(teacher, teachers.end());

    directory_->replace(mover.dn, "ENTEleveClasses", {new_class});
    directory_->remove(leaver.dn);
    directory_->replace(teacher->dn, "ENTAuxEnsClasses", {new_class, teacher->classes[0]});
    expect_moodle_equals_directory();
    EXPECT_TRUE(moodle_says("SELECT " + is_member(mover.username, class_of(new_class)) + " AND NOT " +
                            is_member(mover.username, class_of(mover.classes[0]))));
    EXPECT_TRUE(moodle_says("SELECT NOT " + is_member(leaver.username, class_of(leaver.classes[0]))))
        << "a suspended account stays in no class";
}

TEST_F(CohortsOfPeople, WhoLeavesTheDirectoryAndReturnsIsInTheClassAgain) {
    start_with_cohorts();
    const Member pupil = members_by("ENTEleveClasses").at(0);
    const std::string membership = is_member(pupil.username, class_of(pupil.classes[0]));
    ASSERT_TRUE(moodle_says("SELECT " + membership));
    const std::string elsewhere = "ou=elsewhere," + servers_.ldap_base;
    directory_->add(elsewhere, {{"objectClass", {"organizationalUnit"}}, {"ou", {"elsewhere"}}});
    const std::string rdn = pupil.dn.substr(0, pupil.dn.find(','));
    directory_->rename(pupil.dn, rdn, elsewhere);
    wait_for_moodle("SELECT NOT " + membership);
    directory_->rename(rdn + "," + elsewhere, rdn, "ou=people," + servers_.ldap_base);
    wait_for_moodle("SELECT " + membership);
    expect_moodle_equals_directory();
}

TEST_F(CohortsOfPeople, AreMadeOfPeopleWhoAreLoadedAlreadyWhenTheProducerBeginsToPublishTheAttribute) {
    pipeline_->start_producer();
    pipeline_->start_consumer();
    expect_moodle_equals_directory();
    pipeline_->stop();
    configure_cohorts();
    pipeline_->start_producer();
    wait_for_streaming();
    // docs/rebuild.md
    const Exit prepared = Process::run({program_path("entstream-replay").string(), "--config",
                                        pipeline_->consumer_config().string(), "apply-config", "--yes"},
                                       pipeline_->environment());
    ASSERT_EQ(prepared.status, 0) << prepared.out << prepared.err;
    pipeline_->start_consumer();
    expect_moodle_equals_directory();
}

}  // namespace
}  // namespace entstream::test
