#include "consumer/app/recovery.hpp"

#include <pqxx/except>
#include <spdlog/spdlog.h>

#include <utility>

#include "common/kafka/error.hpp"

namespace entstream::consumer::app {

namespace {

/// PostgreSQL's words, which name neither the place nor what to look for.
std::string words_of(const std::exception& failure) {
    const auto* refused = dynamic_cast<const pqxx::sql_error*>(&failure);
    if (refused == nullptr) {
        return failure.what();
    }
    constexpr const char* lock_not_available = "55P03";
    const std::string remedy = refused->sqlstate() == lock_not_available
                                   ? "; another session holds rows of Moodle for more than 2 s: pg_blocking_pids() and "
                                     "pg_stat_activity name it"
                                   : "";
    return std::string("Moodle's database: ") + failure.what() + remedy;
}

}  // namespace

Recovery::Recovery(Target& target, WaitOrStop wait, runtime::Backoff backoff, OutageWatch* watch)
    : target_(target), wait_(std::move(wait)), backoff_(std::move(backoff)), watch_(watch) {}

bool Recovery::on_target(const std::function<void()>& work) {
    for (bool first = true;; first = false) {
        try {
            if (!first) {
                target_.open();
                if (watch_ != nullptr) {
                    watch_->reopened();
                }
            }
            work();
            succeeded();
            return true;
        } catch (const std::exception& failure) {
            const merge::Failure kind = merge::classify(std::current_exception());
            if (kind != merge::Failure::transient && kind != merge::Failure::in_doubt) {
                throw;
            }
            if (!pause_after(OutageWatch::Server::database, words_of(failure))) {
                return false;
            }
        }
    }
}

bool Recovery::on_kafka(const std::function<void()>& work) {
    while (true) {
        try {
            work();
            succeeded();
            return true;
        } catch (const kafka::Error& failure) {
            if (failure.error_class() != kafka::ErrorClass::transient) {
                throw;
            }
            if (!pause_after(OutageWatch::Server::kafka, failure.what())) {
                return false;
            }
        }
    }
}

bool Recovery::pause_after(OutageWatch::Server server, const std::string& words) {
    if (watch_ != nullptr) {
        watch_->failed(server, std::current_exception(), words);
    }
    const auto pause = backoff_.next();
    if (words != outage_) {
        spdlog::warn("{}; trying again, with pauses of up to {} s", words,
                     std::chrono::duration_cast<std::chrono::seconds>(longest_pause).count());
        outage_ = words;
    }
    return !wait_(pause);
}

void Recovery::succeeded() {
    if (!outage_.empty()) {
        spdlog::info("going on after an outage");
        outage_.clear();
        if (watch_ != nullptr) {
            watch_->over();
        }
    }
    backoff_.reset();
}

}  // namespace entstream::consumer::app
