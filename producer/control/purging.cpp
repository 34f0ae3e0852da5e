// Purges of deletions: found by reading the log, which goes on meanwhile, and taken out of it.

#include <spdlog/spdlog.h>

#include <algorithm>

#include "common/config/units.hpp"
#include "common/model/topics.hpp"
#include "producer/control/service.hpp"

namespace entstream::producer::control {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_purge_interval = std::chrono::hours(24);
constexpr auto retry_after_outage = 5s;

}  // namespace

void Service::store_purge_state(std::chrono::system_clock::time_point completed_at) {
    *purge_state_.mutable_completed_at() = publish::to_timestamp(completed_at);
    publisher_->state("purge", &purge_state_);
}

bool Service::purge_is_due() {
    if (config_->purge_after == 0ms) {
        return false;
    }
    const auto now = std::chrono::system_clock::now();
    if (!purge_state_.has_completed_at() && log_is_new_) {
        store_purge_state(now);  // there is nothing old on it
        return false;
    }
    const std::chrono::system_clock::time_point last(std::chrono::seconds(purge_state_.completed_at().seconds()));
    return now - last >= std::min<std::chrono::milliseconds>(longest_purge_interval, config_->purge_after);
}

bool Service::begin_purge(publish::Stream& stream, const v1::ControlRequest* request) {
    if (Clock::now() < retry_at_) {
        return false;
    }
    const auto now = std::chrono::system_clock::now();
    Purge::Choice choice{.uuid = std::nullopt, .older_than = now - config_->purge_after};
    if (request != nullptr) {
        choice.uuid = Uuid::from_text(request->purge().uuid());
        choice.older_than = now - std::chrono::hours(24) * request->purge().older_than_days();
    }
    if (choice.uuid && stream.is_there(user_key(*choice.uuid))) {
        desk_.refused(*request, {.reason = "this entry is still in the directory, or withheld",
                                 .remedy = "delete it there first; approve the removal of what is withheld"});
        return false;
    }
    try {
        const std::string topic = Topics::of(config_->kafka.topic_prefix, config_->source).changes;
        purge_ = std::make_unique<Purge>(config_->kafka, topic, choice);
        purge_was_asked_for_ = request != nullptr;
    } catch (const kafka::Error& error) {
        spdlog::warn("{} waits: {}",
                     request == nullptr ? "the purge of old deletions" : "request " + request->request_id(),
                     error.what());
        retry_at_ = Clock::now() + retry_after_outage;
        return false;
    }
    if (request != nullptr) {
        desk_.running(*request, {});
    }
    return true;
}

void Service::work_on_purge(publish::Stream& stream, const v1::ControlRequest* request) {
    if (!purge_ && !begin_purge(stream, request)) {
        return;
    }
    purge_->read_some();
    if (purge_->has_read_all()) {
        end_purge(stream, request);
    }
}

void Service::end_purge(publish::Stream& stream, const v1::ControlRequest* request) {
    // What is in the open transaction must be seen too.
    stream.commit();
    while (!purge_->has_read_all()) {
        purge_->read_some();
    }
    Counts counts{.compared = purge_->records()};
    std::vector<std::string> keys;
    for (const auto& [key, offset] : purge_->found()) {
        if (!stream.is_there(key)) {
            keys.push_back(key);
            highest_purged_offset_ = std::max(highest_purged_offset_, static_cast<std::uint64_t>(offset));
        }
    }
    purge_.reset();
    counts.removals = keys.size();
    // The mark first: if this process dies in between, nobody has missed a deletion without being told.
    if (!keys.empty()) {
        publisher_->purge_mark(highest_purged_offset_);
    }
    for (const std::string& key : keys) {
        stream.forget(key);
    }
    if (request != nullptr) {
        desk_.done(*request, counts);
        return;
    }
    spdlog::log(keys.empty() ? spdlog::level::debug : spdlog::level::info,
                "{} deletions that have been on the log for longer than {} were purged", keys.size(),
                config::duration_text(config_->purge_after));
    store_purge_state(std::chrono::system_clock::now());
}

}  // namespace entstream::producer::control
