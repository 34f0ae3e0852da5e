#include "producer/control/service.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "common/ldap/ldap_error.hpp"
#include "common/model/topics.hpp"

namespace entstream::producer::control {

namespace {

using namespace std::chrono_literals;

constexpr auto retry_interval = 2s;
constexpr auto old_interval = 1h;
/// Read at one go, so that a crowd of them does not hold the stream up.
constexpr int most_requests_at_once = 100;

Counts counts_of(const publish::Treated& treated) {
    return {.generation = treated.generation,
            .compared = treated.compared,
            .published = treated.changes,
            .removals = treated.removals};
}

}  // namespace

Service::Service(const ProducerConfig& config, publish::Publisher& publisher, const publish::Restored& restored)
    : config_(&config),
      publisher_(&publisher),
      reader_(config.kafka, Topics::of(config.kafka.topic_prefix, config.source).control),
      desk_(config, publisher, restored),
      highest_purged_offset_(restored.highest_purged_offset),
      log_is_new_(restored.log_id.empty()),
      purge_state_(restored.purge.value_or(v1::PurgeState())),
      reconcile_state_(restored.reconcile.value_or(v1::ReconcileState())) {}

void Service::read_requests() {
    const auto now = std::chrono::system_clock::now();
    for (int i = 0; i < most_requests_at_once; ++i) {
        const auto record = reader_.next(desk_.next_offset());
        if (reader_.take_restarted()) {
            desk_.topic_is_new();
        }
        if (!record) {
            break;
        }
        desk_.take(record->key(), record->value(), record->offset(), record->timestamp(), now);
    }
    if (Clock::now() >= old_sought_) {
        desk_.drop_old(now);
        old_sought_ = Clock::now() + old_interval;
    }
}

void Service::work(publish::Stream& stream) {
    if (!stream.streaming()) {
        return;
    }
    note_full_reads(stream);
    if (Clock::now() >= retry_at_) {
        do_short(stream);
    }
    do_long(stream);
}

bool Service::still_makes_sense(const v1::ControlRequest& request) {
    const auto refusal = check(request, request.request_id(), *config_);
    if (refusal) {
        desk_.refused(request, *refusal);
    }
    return !refusal;
}

void Service::do_short(publish::Stream& stream) {
    for (const auto* request = desk_.next_short(); request != nullptr && stream.streaming();
         request = desk_.next_short()) {
        if (!still_makes_sense(*request)) {
            continue;
        }
        if (request->has_approve()) {
            desk_.done(*request, counts_of(stream.approve(request->approve().view())));
            continue;
        }
        try {
            treat(stream, *request);
        } catch (const ldap::LdapError& error) {
            if (stream.owes_follow_ups()) {
                throw;  // in the middle of it
            }
            if (error.error_class() == ldap::ErrorClass::transient) {
                spdlog::warn("request {} waits: {}", request->request_id(), error.what());
                retry_at_ = Clock::now() + retry_interval;
                return;
            }
            desk_.refused(*request, {.reason = "the directory refuses the question: " + std::string(error.what()),
                                     .remedy = "mend that, and ask again with another request_id"});
        }
    }
}

void Service::treat(publish::Stream& stream, const v1::ControlRequest& request) {
    const bool again = request.has_republish();
    const v1::EntryChoice& choice = again ? request.republish().entry() : request.reconcile().entry();
    const publish::Treated treated =
        stream.treat(choice, again ? publish::Treatment::republish : publish::Treatment::reconcile);
    if (treated.too_many) {
        desk_.refused(request, {.reason = "the filter matches more than " +
                                          std::to_string(publish::SingleEntries::most_entries) + " entries",
                                .remedy = "narrow it, or reconcile a whole search"});
    } else if (treated.compared == 0) {
        desk_.refused(request, {.reason = "no search of this source shows such an entry, nor does the log have it",
                                .remedy = "check the name, and base, scope and filter of the searches"});
    } else {
        desk_.done(request, counts_of(treated));
    }
}

void Service::do_long(publish::Stream& stream) {
    const auto* const request = desk_.next_long();
    // What was begun goes to its end, before what was asked meanwhile.
    if (job_ && job_->request_id.empty()) {
        work_on_reconcile(stream, nullptr);
        return;
    }
    if (purge_ && !purge_was_asked_for_) {
        work_on_purge(stream, nullptr);
        return;
    }
    if (request == nullptr) {
        if (reconcile_is_due()) {
            work_on_reconcile(stream, nullptr);
        } else if (purge_is_due()) {
            work_on_purge(stream, nullptr);
        }
        return;
    }
    if (!still_makes_sense(*request)) {
        return;
    }
    if (request->has_resync()) {
        work_on_resync(stream, *request);
    } else if (request->has_reconcile()) {
        work_on_reconcile(stream, request);
    } else if (request->has_purge()) {
        work_on_purge(stream, request);
    }
}

void Service::work_on_resync(publish::Stream& stream, const v1::ControlRequest& request) {
    if (!resync_) {
        // A former life may have begun it: this session has read everything then.
        if (desk_.is_running(request) && stream.read_in_full()) {
            desk_.done(request, {.generation = stream.generation()});
            return;
        }
        resync_ = Resync{.generation = stream.generation(), .before = publisher_->written()};
        desk_.running(request, {});
        stream.resync();
    } else if (stream.generation() > resync_->generation) {
        desk_.done(request, {.generation = stream.generation(),
                             .compared = stream.entries_of_refresh(),
                             .published = publisher_->written().changes - resync_->before.changes,
                             .removals = publisher_->written().removals - resync_->before.removals});
        resync_.reset();
    }
}

}  // namespace entstream::producer::control
