#include "tests/replay/replay_fixture.hpp"

#include <librdkafka/rdkafka.h>

#include <memory>
#include <utility>

#include "common/kafka/log_reader.hpp"
#include "common/model/topics.hpp"

namespace entstream::test {

namespace {

/// What tests hand on to the next one.
struct Shared {
    ServersInfo servers;
    std::unique_ptr<TempDir> dir;
    std::unique_ptr<Pipeline> pipeline;
    std::unique_ptr<DirectoryClient> directory;
};

Shared shared;

}  // namespace

void SharedReplayProgram::SetUp() {
    if (!shared.pipeline) {
        ReplayProgram::SetUp();
        return;
    }
    servers_ = shared.servers;
    dir_ = std::move(shared.dir);
    pipeline_ = std::move(shared.pipeline);
    directory_ = std::move(shared.directory);
}

void SharedReplayProgram::TearDown() {
    if (HasFailure()) {
        ReplayProgram::TearDown();
        return;
    }
    shared = {.servers = servers_,
              .dir = std::move(dir_),
              .pipeline = std::move(pipeline_),
              .directory = std::move(directory_)};
}

void SharedReplayProgram::TearDownTestSuite() {
    shared = {};
}

void ReplayProgram::SetUp() {
    EndToEnd::SetUp();
    configure_producer("\n[producer]\nheartbeat_interval = \"1s\"\n");
    start_both();
}

void ReplayProgram::start_both() {
    pipeline_->start_producer();
    pipeline_->start_consumer();
    expect_moodle_equals_directory();
}

std::vector<std::string> ReplayProgram::command(const std::string& name, std::vector<std::string> options) const {
    options.insert(options.begin(), {program_path("entstream-replay").string(), "--config",
                                     pipeline_->consumer_config().string(), name});
    return options;
}

void ReplayProgram::by_hand(const std::string& statement) {
    pqxx::connection database(servers_.conninfo());
    pqxx::work work(database);
    ASSERT_GE(work.exec(statement).affected_rows(), 1U) << statement;
    work.commit();
}

std::string ReplayProgram::text(const std::string& query) {
    pqxx::connection database(servers_.conninfo());
    pqxx::nontransaction work(database);
    return work.exec1(query)[0].as<std::string>();
}

void ReplayProgram::run(const std::string& statements) {
    pqxx::connection database(servers_.conninfo());
    pqxx::work work(database);
    work.exec(statements);
    work.commit();
}

void ReplayProgram::change_by_hand(const Place& pupil) {
    by_hand("UPDATE mdl_user SET lastname = 'By hand', email = 'by@hand.example' WHERE username = '" + pupil.username +
            "'");
    by_hand("DELETE FROM mdl_cohort_members WHERE userid = (SELECT id FROM mdl_user WHERE username = '" +
            pupil.username + "')");
    by_hand("UPDATE mdl_cohort SET name = 'By hand', component = '' WHERE id = (SELECT max(id) FROM mdl_cohort)");
    by_hand(
        "DELETE FROM mdl_role_assignments WHERE id IN (SELECT id FROM mdl_role_assignments WHERE component = "
        "'local_entstream' ORDER BY id LIMIT 2)");
}

std::map<std::string, std::string> ReplayProgram::everything() {
    std::map<std::string, std::string> all;
    pqxx::connection database(servers_.conninfo());
    pqxx::nontransaction work(database);
    for (const auto& row :
         work.exec("SELECT schemaname || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname IN "
                   "('public', 'entstream')")) {
        const auto table = row[0].as<std::string>();
        all[table] = work.exec1(
                             "SELECT count(*) || coalesce(md5(string_agg(one::text, ',' ORDER BY one::text)), '') "
                             "FROM " +
                             table + " AS one")[0]
                         .as<std::string>();
    }
    for (const auto& row : work.exec("SELECT schemaname || '.' || sequencename, coalesce(last_value, 0) FROM "
                                     "pg_sequences WHERE schemaname IN ('public', 'entstream')")) {
        all[row[0].as<std::string>()] = row[1].as<std::string>();
    }
    kafka::KafkaConfig kafka;
    kafka.bootstrap_servers = servers_.kafka_bootstrap;
    const Topics topics = Topics::of("entstream", pipeline_->source());
    for (const std::string& topic : {topics.changes, topics.state, topics.control}) {
        const kafka::LogReader reader(kafka, topic, 0);
        all[topic] = std::to_string(reader.bounds().end);
    }
    all["group"] = committed(topics.changes);
    return all;
}

std::string ReplayProgram::committed(const std::string& topic) {
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", servers_.kafka_bootstrap.c_str(), nullptr, 0);
    rd_kafka_conf_set(conf, "group.id", ("entstream." + pipeline_->source()).c_str(), nullptr, 0);
    rd_kafka_t* const client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0);
    rd_kafka_topic_partition_list_t* const partitions = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(partitions, topic.c_str(), 0);
    rd_kafka_committed(client, partitions, 10000);
    std::string offset = std::to_string(partitions->elems[0].offset);
    rd_kafka_topic_partition_list_destroy(partitions);
    rd_kafka_destroy(client);
    return offset;
}

}  // namespace entstream::test
