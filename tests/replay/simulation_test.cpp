// A simulation leaves no trace, also beside a consumer that streams, and where it ends half way.

#include <gmock/gmock.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/replay/replay_fixture.hpp"
#include "tests/support/wait.hpp"

namespace entstream::test {
namespace {

using Everything = std::map<std::string, std::string>;

const std::vector<std::string> simulate_all = {"users", "cohorts", "roles", "--force", "--simulate"};

/// What differs.
std::set<std::string> changed(const Everything& before, const Everything& after) {
    std::set<std::string> names;
    for (const auto& [name, content] : before) {
        const auto found = after.find(name);
        if (found == after.end() || found->second != content) {
            names.insert(name);
        }
    }
    for (const auto& [name, content] : after) {
        if (!before.contains(name)) {
            names.insert(name);
        }
    }
    return names;
}

/// Plans stop half way at Moodle's table of cohort members, as at a statement that takes long, until the gate is open.
/// What changes accounts does not pass there.
class Gate {
  public:
    explicit Gate(std::string conninfo) : conninfo_(std::move(conninfo)) { begin(); }
    ~Gate() { open(); }
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    /// Waits for somebody who stands there. \returns the process of his session
    [[nodiscard]] std::string visitor() const {
        std::string pid;
        const bool found = wait_until([&] {
            const auto rows =
                ask("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()");
            pid = rows.empty() ? "" : rows[0][0].as<std::string>();
            return !rows.empty();
        });
        EXPECT_TRUE(found) << "nobody came to the gate";
        return pid;
    }
    /// Whether nobody is there any more.
    [[nodiscard]] bool is_left() const {
        return wait_until([&] {
            return ask("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()")
                .empty();
        });
    }
    /// Whether he is of the program's second connection, which compares rows while the first one reads the log.
    [[nodiscard]] bool is_second(const std::string& session) const {
        const auto sessions = ask(program_sessions + std::string(" ORDER BY backend_start DESC"));
        return sessions.size() > 2 && sessions[0][0].as<std::string>() == session;
    }
    /// Whether the program has no session any more, not even one that only waits.
    [[nodiscard]] bool is_forgotten() const {
        return wait_until([&] { return ask(program_sessions).size() == 1; });
    }
    void open() {
        if (std::exchange(is_open_, true)) {
            return;
        }
        holder_.reset();
        static_cast<void>(is_left());
        ask("DROP VIEW mdl_cohort_members; DROP FUNCTION gate(); "
            "ALTER TABLE cohort_members_behind_gate RENAME TO mdl_cohort_members");
    }
    pqxx::result ask(const std::string& query) const {
        pqxx::connection database(conninfo_);
        pqxx::work work(database);
        pqxx::result result = work.exec(query);
        work.commit();
        return result;
    }

  private:
    /// And the one of the gate.
    static constexpr const char* program_sessions =
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = current_database() AND "
        "pid <> pg_backend_pid()";

    void begin() {
        holder_ = std::make_unique<pqxx::connection>(conninfo_);
        pqxx::nontransaction(*holder_).exec("SELECT pg_advisory_lock(4711)");
        ask("ALTER TABLE mdl_cohort_members RENAME TO cohort_members_behind_gate; "
            "CREATE FUNCTION gate() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN "
            "IF NOT current_setting('transaction_read_only')::boolean THEN RAISE 'the transaction may write'; END IF; "
            "WHILE EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND granted) LOOP "
            "PERFORM pg_sleep(0.01); END LOOP; RETURN true; END $$; "
            "CREATE VIEW mdl_cohort_members AS WITH opened AS MATERIALIZED (SELECT gate() AS now) "
            "SELECT behind.* FROM cohort_members_behind_gate AS behind WHERE (SELECT now FROM opened)");
    }

    std::string conninfo_;
    std::unique_ptr<pqxx::connection> holder_;
    bool is_open_ = false;
};

class Simulation : public SharedReplayProgram {
  protected:
    [[nodiscard]] Everything all_and_files() {
        Everything all = everything();
        for (const auto& entry : std::filesystem::recursive_directory_iterator(dir_->path())) {
            all["file " + entry.path().string()] = std::to_string(entry.last_write_time().time_since_epoch().count());
        }
        return all;
    }

    /// Renames pupils, and waits until Moodle has it.
    void stream(const std::string& name) {
        for (std::size_t i = 0; i < 3; ++i) {
            const Place pupil = some_pupil(i);
            directory_->replace(pupil.person_dn, "sn", {name});
            wait_for_moodle("SELECT lastname = '" + name + "' FROM mdl_user WHERE username = '" + pupil.username + "'");
        }
    }

    /// Tables and sequences with how many rows or numbers they got.
    [[nodiscard]] std::map<std::string, std::int64_t> growth(const std::function<void()>& work) {
        const auto sizes = [this] {
            std::map<std::string, std::int64_t> all;
            pqxx::connection database(servers_.conninfo());
            pqxx::nontransaction ask(database);
            for (const auto& row :
                 ask.exec("SELECT schemaname || '.' || relname, (xpath('/row/n/text()', query_to_xml(format('SELECT "
                          "count(*) AS n FROM %I.%I', schemaname, relname), false, true, '')))[1]::text::bigint "
                          "FROM pg_stat_user_tables WHERE schemaname IN ('public', 'entstream')")) {
                all[row[0].as<std::string>()] = row[1].as<std::int64_t>();
            }
            // The consumer takes a number for each of its batches.
            for (const auto& row :
                 ask.exec("SELECT schemaname || '.' || sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE "
                          "schemaname IN ('public', 'entstream') AND sequencename <> 'mdl_config_plugins_id_seq'")) {
                all[row[0].as<std::string>()] = row[1].as<std::int64_t>();
            }
            return all;
        };
        const auto before = sizes();
        work();
        std::map<std::string, std::int64_t> grown;
        for (const auto& [name, size] : sizes()) {
            if (const auto former = before.find(name); former == before.end() || former->second != size) {
                grown[name] = former == before.end() ? size : size - former->second;
            }
        }
        return grown;
    }
};

TEST_F(Simulation, LeavesNothingBehindWhileTheConsumerStreams) {
    const Place spoilt = some_pupil(5);
    by_hand("UPDATE mdl_user SET lastname = 'By hand' WHERE username = '" + spoilt.username + "'");
    // Before, changes are of the first load, which is logged in short.
    wait_for_moodle("SELECT watermark IS NOT NULL FROM entstream.position");
    Everything before = everything();
    const auto of_stream = growth([&] { stream("WITHOUT"); });
    std::set<std::string> by_stream = changed(before, everything());
    by_stream.insert("group");  // the consumer's own hint, once a second
    before = everything();
    const auto of_both = growth([&] {
        Gate gate(servers_.conninfo());
        Process simulation(command("sync", simulate_all), pipeline_->environment());
        ASSERT_NE(gate.visitor(), "");
        stream("BESIDES");
        EXPECT_TRUE(simulation.running()) << "the stream does not wait for it";
        gate.open();
        const Exit end = simulation.wait();
        EXPECT_EQ(end.status, 10) << end.out << end.err;
    });
    EXPECT_EQ(of_both, of_stream) << "rows and numbers of the stream, and no others";
    for (const std::string& name : changed(before, everything())) {
        EXPECT_TRUE(by_stream.contains(name)) << name;
    }
    EXPECT_EQ(sync({"users", "--force", "--no-reconcile", "--yes"}).status, 0);
    expect_moodle_equals_directory();
}

TEST_F(Simulation, OfAnotherMappingOnlyReadsBesideTheConsumerWithTheFormerOne) {
    const std::filesystem::path config = dir_->path() / "another_mapping.toml";
    std::ofstream(config) << Pipeline::consumer_toml(servers_, pipeline_->source()) << "[cohorts]\nvisible = false\n";
    Everything before;
    std::set<std::string> by_stream;
    wait_for_moodle("SELECT watermark IS NOT NULL FROM entstream.position");
    before = everything();
    stream("WITH THE FORMER");
    by_stream = changed(before, everything());
    by_stream.insert("group");  // the consumer's own hint, once a second
    before = everything();
    Gate gate(servers_.conninfo());
    Process simulation(
        {program_path("entstream-replay").string(), "--config", config.string(), "resync", "--simulate", "--json"},
        pipeline_->environment());
    const std::string session = gate.visitor();
    ASSERT_NE(session, "");
    EXPECT_EQ(gate.ask("SELECT string_agg(DISTINCT mode, ' ') FROM pg_locks WHERE pid = " + session +
                       " AND relation IN (SELECT oid FROM pg_class WHERE relnamespace IN ('public'::regnamespace, "
                       "'entstream'::regnamespace))")[0][0]
                  .as<std::string>(),
              "AccessShareLock")
        << "it changes no row, not even one that it gives back";
    stream("WHILE ANOTHER IS PLANNED");
    EXPECT_TRUE(simulation.running()) << "the stream does not wait for it";
    gate.open();
    const Exit end = simulation.wait();
    EXPECT_EQ(end.status, 10) << end.out << end.err;
    EXPECT_THAT(end.out, ::testing::HasSubstr("visible"));
    EXPECT_THAT(end.out, ::testing::Not(::testing::HasSubstr("suspended")));
    for (const std::string& name : changed(before, everything())) {
        EXPECT_TRUE(by_stream.contains(name)) << name;
    }
}

TEST_F(Simulation, LeavesNothingBehindWhereItEndsHalfWay) {
    pipeline_->stop();
    change_by_hand(some_pupil());
    Gate gate(servers_.conninfo());
    const std::filesystem::path config = dir_->path() / "no_broker.toml";
    std::string toml = Pipeline::consumer_toml(servers_, pipeline_->source());
    toml.replace(toml.find(servers_.kafka_bootstrap), servers_.kafka_bootstrap.size(), "127.0.0.1:1");
    std::ofstream(config) << toml;
    const Everything before = all_and_files();
    // Its plan has begun when it finds no broker; it gives up after a while.
    Process without_broker({program_path("entstream-replay").string(), "--config", config.string(), "sync", "users",
                            "--force", "--simulate"},
                           pipeline_->environment());
    std::vector<std::string> options = simulate_all;
    const auto half_way = [&](const std::function<void(Process&, const std::string& session)>& end) {
        Process simulation(command("sync", options), pipeline_->environment());
        end(simulation, gate.visitor());
        Exit exit = simulation.wait();
        EXPECT_TRUE(gate.is_left());
        return exit;
    };
    const auto terminate = [](Process& run, const std::string&) { run.terminate(); };
    const auto kill = [](Process& run, const std::string&) { run.kill(); };
    // Told to stop: its statement does not go on, and it does not wait for it.
    const Exit told = half_way(terminate);
    EXPECT_EQ(told.status, 75) << told.out << told.err;
    const Exit cancelled =
        half_way([&](Process&, const std::string& session) { gate.ask("SELECT pg_cancel_backend(" + session + ")"); });
    EXPECT_EQ(cancelled.status, 69) << cancelled.out << cancelled.err;
    const Exit cut = half_way(
        [&](Process&, const std::string& session) { gate.ask("SELECT pg_terminate_backend(" + session + ")"); });
    EXPECT_EQ(cut.status, 69) << cut.out << cut.err;
    const Exit killed = half_way(kill);
    EXPECT_EQ(killed.status, 128 + SIGKILL);
    const Exit deaf = without_broker.wait();
    EXPECT_EQ(deaf.status, 69) << deaf.out << deaf.err;
    EXPECT_EQ(changed(before, all_and_files()), std::set<std::string>());

    // Nor does a run that is to write, but its row; and no session of its two connections stays.
    options = {"users", "cohorts", "roles", "--force", "--no-reconcile", "--yes"};
    const auto alone = [&](const std::function<void(Process&, const std::string& session)>& end) {
        const Exit exit = half_way([&](Process& run, const std::string& session) {
            EXPECT_TRUE(gate.is_second(session));
            end(run, session);
        });
        EXPECT_TRUE(gate.is_forgotten());
        return exit.status;
    };
    EXPECT_EQ(alone(terminate), 75);
    EXPECT_EQ(alone(kill), 128 + SIGKILL);
    EXPECT_EQ(changed(before, all_and_files()), (std::set<std::string>{"entstream.run", "entstream.run_id_seq"}));
    EXPECT_EQ(text("SELECT string_agg(coalesce(outcome, 'no end'), ', ' ORDER BY id) FROM (SELECT * FROM "
                   "entstream.run ORDER BY id DESC LIMIT 2) AS last"),
              "stopped, no end");
    gate.open();
    EXPECT_EQ(sync(simulate_all).status, 10) << "and nothing is in its way afterwards";
    EXPECT_EQ(sync(options).status, 0);
    EXPECT_EQ(sync(simulate_all).status, 0);
    pipeline_.reset();
}

}  // namespace
}  // namespace entstream::test
