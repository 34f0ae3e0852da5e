#include <librdkafka/rdkafka.h>
#include <pqxx/pqxx>

#include <memory>
#include <stdexcept>

#include "tests/chaos/kinds.hpp"

namespace entstream::chaos {

namespace {

constexpr int kafka_patience = 15000;  // ms

void delete_topic(const std::string& brokers, const std::string& topic) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), nullptr, 0);
    const std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> client(
        rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0), &rd_kafka_destroy);
    const std::unique_ptr<rd_kafka_DeleteTopic_t, decltype(&rd_kafka_DeleteTopic_destroy)> request(
        rd_kafka_DeleteTopic_new(topic.c_str()), &rd_kafka_DeleteTopic_destroy);
    const std::unique_ptr<rd_kafka_queue_t, decltype(&rd_kafka_queue_destroy)> queue(rd_kafka_queue_new(client.get()),
                                                                                     &rd_kafka_queue_destroy);
    rd_kafka_DeleteTopic_t* raw = request.get();
    rd_kafka_DeleteTopics(client.get(), &raw, 1, nullptr, queue.get());
    if (rd_kafka_event_t* event = rd_kafka_queue_poll(queue.get(), kafka_patience); event != nullptr) {
        rd_kafka_event_destroy(event);
    }
}

}  // namespace

std::vector<Kind> neighbour_kinds() {
    std::vector<Kind> kinds;
    kinds.push_back({"backends terminated", [](Round& round) {
                         pqxx::connection database(round.system.servers().conninfo());
                         pqxx::nontransaction work(database);
                         for (int i = 0; i < 5; ++i) {
                             round.change(2);
                             work.exec(
                                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user "
                                 "AND pid <> pg_backend_pid()");
                         }
                         round.change(3);
                     }});
    kinds.push_back({"locks held in Moodle", [](Round& round) {
                         pqxx::connection database(round.system.servers().conninfo());
                         pqxx::work work(database);
                         work.exec(round.random.one_in(2) ? "LOCK TABLE mdl_user, mdl_cohort_members IN EXCLUSIVE MODE"
                                                          : "SELECT 1 FROM mdl_user ORDER BY id FOR UPDATE");
                         round.change();
                         round.system.hold(round.some_time());
                         work.abort();
                         round.change(3);
                     }});
    kinds.push_back({"Moodle is upgraded", [](Round& round) {
                         pqxx::connection database(round.system.servers().conninfo());
                         pqxx::nontransaction work(database);
                         work.exec(
                             "INSERT INTO mdl_config (name, value) VALUES ('upgraderunning', "
                             "(extract(epoch FROM now())::bigint + 3600)::text)");
                         round.change();
                         round.system.hold(round.some_time());
                         work.exec("DELETE FROM mdl_config WHERE name = 'upgraderunning'");
                         round.change(3);
                     }});
    kinds.push_back({"dead-letter topic deleted", [](Round& round) {
                         round.change(3);
                         delete_topic(round.system.servers().kafka_bootstrap, round.system.dead_letter_topic());
                         round.writer.make_role_unknown(round.random);
                         round.change();
                     }});
    return kinds;
}

}  // namespace entstream::chaos
