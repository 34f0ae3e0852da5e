#include "tests/chaos/system.hpp"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include <array>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "tests/support/free_port.hpp"
#include "tests/support/pipeline.hpp"
#include "tests/support/region.hpp"

namespace entstream::chaos {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::chrono::seconds restart_pause{1};
// Of the promised 5 s: a busy machine may need more until the process is even scheduled.
constexpr std::chrono::seconds stop_patience{15};
constexpr milliseconds supervise_interval{20};
constexpr test::RegionOptions region = {.people = 60, .seed = 1};

int port_in(const std::string& address) {
    return std::stoi(address.substr(address.rfind(':') + 1));
}

/// docs/exit_codes.md: a service manager may restart on these.
bool may_restart(int status) {
    constexpr std::array statuses = {69, 75};
    return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

std::vector<int> with_children(int pid) {
    std::vector<int> pids = {pid};
    std::ifstream children(fmt::format("/proc/{}/task/{}/children", pid, pid));
    for (int child = 0; children >> child;) {
        pids.push_back(child);
    }
    return pids;
}

}  // namespace

void Program::start() {
    if (process_ != nullptr) {
        former_logs_ += process_->err();
    }
    process_ = std::make_unique<test::Process>(
        std::vector<std::string>{test::program_path(name_).string(), "--config", config_.string()}, environment_);
    ended_ = false;
}

void Program::stop() {
    if (process_ == nullptr) {
        return;
    }
    process_->signal(SIGCONT);
    process_->terminate();
    const test::Exit exit = process_->wait(stop_patience);
    former_logs_ += process_->err();
    const bool was_ended = ended_;
    process_.reset();
    if (exit.status != 0 && !was_ended && !may_restart(exit.status)) {
        throw std::runtime_error(fmt::format("{} ended with status {} after SIGTERM (137: not within {} s)", name_,
                                             exit.status, stop_patience.count()));
    }
}

void Program::kill() {
    if (process_ != nullptr) {
        process_->kill();
        process_->wait();
        former_logs_ += process_->err();
        process_.reset();
    }
}

void Program::signal(int number) const {
    if (process_ != nullptr) {
        process_->signal(number);
    }
}

void Program::supervise() {
    if (process_ == nullptr || process_->running()) {
        return;
    }
    if (!ended_) {
        ended_ = true;
        ended_at_ = steady_clock::now();
        ++restarts_;
        if (const int status = process_->wait().status; !may_restart(status)) {
            former_logs_ += process_->err();
            process_.reset();
            throw std::runtime_error(fmt::format("{} ended by itself with status {}", name_, status));
        }
    } else if (steady_clock::now() - ended_at_ >= restart_pause) {
        start();
    }
}

std::string Program::log() const {
    return former_logs_ + (process_ != nullptr ? process_->err() : "");
}

System::System() : producer_("entstream-producer", {}), consumer_("entstream-consumer", {}) {
    constexpr std::size_t link_count = 4;
    for (std::size_t i = 0; i < link_count; ++i) {
        links_.push_back(std::make_unique<test::TcpProxy>());
    }
    // Kafka tells its clients where it is: behind each proxy it needs a listener that says the proxy's address.
    const int for_producer = test::free_port();
    const int for_consumer = test::free_port();
    set_ = std::make_unique<test::ServerSet>(
        test::ServerSet::Disk::not_waited_for,
        std::vector<std::string>{
            "--kafka-listener",
            fmt::format("PRODUCER:PLAINTEXT:{}:{}", for_producer, link(Link::producer_kafka).port()),
            "--kafka-listener",
            fmt::format("CONSUMER:PLAINTEXT:{}:{}", for_consumer, link(Link::consumer_kafka).port())});
    servers_ = test::ServersInfo::from(set_->environment());
    link(Link::producer_ldap).set_server(port_in(servers_.ldap_uri));
    link(Link::producer_kafka).set_server(for_producer);
    link(Link::consumer_kafka).set_server(for_consumer);
    link(Link::consumer_postgres).set_server(std::stoi(servers_.pg_port));
    producer_ = Program("entstream-producer", {{"LDAP_PASSWORD", servers_.ldap_bind_password}});
    consumer_ = Program("entstream-consumer", {{"MOODLE_DB_PASSWORD", servers_.pg_password}});
}

void System::signal_server(const std::string& name, int number) const {
    int pid = 0;
    std::ifstream(servers_.dir + "/run/" + name + ".pid") >> pid;
    if (pid > 0) {
        for (const int each : with_children(pid)) {
            ::kill(each, number);
        }
    }
}

void System::mend() {
    for (const auto& link : links_) {
        link->pass();
    }
    for (const char* name : {"ldap", "kafka", "postgres"}) {
        signal_server(name, SIGCONT);
        set_->start(name);
    }
}

void System::end_sessions() const {
    pqxx::connection database(servers_.conninfo());
    pqxx::nontransaction(database).exec(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> "
        "pg_backend_pid()");
}

void System::rebuild() {
    producer_.kill();
    consumer_.kill();
    mend();
    end_sessions();
    // Connections that hang for good are no part of the next life.
    for (const auto& link : links_) {
        link->cut();
        link->pass();
    }
    test::load_directory(servers_, region, dir_.path());
    test::load_moodle(servers_, region, dir_.path());
    source_ = fmt::format("chaos{}", ++sources_);
    test::ServersInfo seen = servers_;
    seen.ldap_uri = fmt::format("ldap://127.0.0.1:{}", link(Link::producer_ldap).port());
    seen.kafka_bootstrap = fmt::format("127.0.0.1:{}", link(Link::producer_kafka).port());
    producer_.configure(dir_.write("producer.toml", test::Pipeline::producer_toml(seen, source_) +
                                                        "\n[producer]\nreconcile_after_loss = \"5s\"\n"));
    seen.kafka_bootstrap = fmt::format("127.0.0.1:{}", link(Link::consumer_kafka).port());
    seen.pg_port = std::to_string(link(Link::consumer_postgres).port());
    // Sixty people: what a run removes within an hour is more than a guard should let pass.
    consumer_.configure(
        dir_.write("consumer.toml", test::Pipeline::consumer_toml(seen, source_) + "\n[guard]\nenabled = false\n"));
    producer_.start();
    consumer_.start();
}

void System::supervise() {
    producer_.supervise();
    consumer_.supervise();
}

void System::hold(milliseconds time) {
    const auto until = steady_clock::now() + time;
    while (steady_clock::now() < until) {
        supervise();
        std::this_thread::sleep_for(supervise_interval);
    }
}

std::filesystem::path System::backup() {
    auto file = dir_.path() / "backup.ldif";
    std::filesystem::remove(file);
    const test::Exit exit = test::Process::run(
        {"/usr/sbin/slapcat", "-f", servers_.dir + "/ldap/slapd.conf", "-b", servers_.ldap_base, "-l", file.string()});
    if (exit.status != 0) {
        throw std::runtime_error("slapcat: " + exit.err);
    }
    return file;
}

void System::restore(const std::filesystem::path& file) const {
    set_->load_ldif(file.string());
}

}  // namespace entstream::chaos
