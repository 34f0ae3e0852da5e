#include "consumer/merge/answer_watch.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <utility>

#include "consumer/merge/patient_connection.hpp"

namespace entstream::consumer::merge {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds before_first_question{5000};
constexpr milliseconds between_questions{2000};
constexpr milliseconds patience_of_probe{4000};  // for each step of a question

/// Asks about a session on a connection of its own.
class Probe {
  public:
    Probe(const ConnectionParameters& parameters, const GiveUp& give_up) : parameters_(parameters), give_up_(give_up) {}

    /// Why the session cannot be waited for any longer; empty: it can.
    std::string ask(int backend) {
        if (connection_ == nullptr && !connect()) {
            return answered_ ? "" : "the server does not answer any more";
        }
        const std::string session =
            "SELECT state_change, state <> 'active' OR wait_event_type = 'Client' FROM pg_catalog.pg_stat_activity "
            "WHERE pid = " +
            std::to_string(backend);
        const ResultHandle result =
            ask_within(connection_.get(), backend == 0 ? "SELECT 1" : session, patience_of_probe, give_up_);
        if (result == nullptr || PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
            return "the server does not answer any more";
        }
        if (backend == 0) {
            return {};
        }
        if (PQntuples(result.get()) == 0) {
            return "the server has ended its session";
        }
        const std::string since = PQgetvalue(result.get(), 0, 0);
        const bool waits_for_us = PQgetvalue(result.get(), 0, 1)[0] == 't';
        const bool still = waits_for_us && !since.empty() && since == waits_since_;
        waits_since_ = waits_for_us ? since : "";
        if (!still) {
            return {};
        }
        end_session(backend);
        return "the server waits for us, and we for it: something between swallows what is sent";
    }

  private:
    /// The server does not notice that its session waits in vain: amid a COPY it would hold its locks until
    /// statement_timeout ends it.
    void end_session(int backend) {
        (void)ask_within(connection_.get(), "SELECT pg_catalog.pg_terminate_backend(" + std::to_string(backend) + ")",
                         patience_of_probe, give_up_);
    }

    bool connect() {
        ConnectionAttempt attempt = connect_within(parameters_, patience_of_probe, give_up_);
        // A server that is full, or refuses us by now, answers.
        answered_ = attempt.connection && !sqlstate_in(PQerrorMessage(attempt.connection.get())).empty();
        if (attempt.made) {
            connection_ = std::move(attempt.connection);
        }
        return attempt.made;
    }

    const ConnectionParameters& parameters_;
    const GiveUp& give_up_;
    PatientConnection connection_;
    bool answered_ = false;
    std::string waits_since_;  ///< when our session began to wait for us; empty: it was at work
};

}  // namespace

AnswerWatch::AnswerWatch(ConnectionParameters parameters)
    : parameters_(std::move(parameters)), thread_([this] { watch(); }) {}

AnswerWatch::~AnswerWatch() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

AnswerWatch::Watched AnswerWatch::begin(int socket, int backend) {
    {
        const std::lock_guard lock(mutex_);
        ++turn_;
        socket_ = socket;
        backend_ = backend;
    }
    changed_.notify_all();
    return Watched(*this);
}

void AnswerWatch::end() {
    {
        const std::lock_guard lock(mutex_);
        socket_ = -1;
    }
    changed_.notify_all();
}

void AnswerWatch::watch() {
    std::unique_lock lock(mutex_);
    while (!ends_) {
        changed_.wait(lock, [this] { return ends_ || socket_ >= 0; });
        watch_one(lock);
    }
}

void AnswerWatch::watch_one(std::unique_lock<std::mutex>& lock) {
    const std::uint64_t turn = turn_;
    const auto over = [this, turn] { return ends_ || turn_ != turn || socket_ < 0; };
    if (changed_.wait_for(lock, before_first_question, over)) {
        return;
    }
    const GiveUp give_up = [this] { return ends_.load(); };
    Probe probe(parameters_, give_up);
    while (!over()) {
        const int backend = backend_;
        lock.unlock();
        const std::string broken = probe.ask(backend);
        lock.lock();
        if (!broken.empty() && !over()) {
            spdlog::warn("Moodle's database: {}; the connection is given up", broken);
            ::shutdown(socket_, SHUT_RDWR);
            changed_.wait(lock, over);
            return;
        }
        changed_.wait_for(lock, between_questions, over);
    }
}

}  // namespace entstream::consumer::merge
