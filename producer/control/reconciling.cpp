// Reconciles of whole searches: begun, read, compared and answered step by step.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <variant>

#include "common/ldap/ldap_error.hpp"
#include "producer/control/service.hpp"

namespace entstream::producer::control {

namespace {

using namespace std::chrono_literals;

/// Images that are compared before the stream has its turn again.
constexpr std::size_t images_at_once = 256;
/// Images that wait, at the most.
constexpr std::size_t queue_octets = 8UL << 20U;
constexpr auto progress_interval = 5s;
/// After a reconcile that broke off.
constexpr auto break_interval = 5s;

Counts counts_of(const publish::Reconcile& reconcile) {
    const publish::ReconcileCounts& counts = reconcile.counts();
    return {.generation = reconcile.generation(),
            .compared = counts.compared,
            .published = counts.published,
            .removals = counts.removals};
}

}  // namespace

void Service::store_reconcile_state() {
    publisher_->state("reconcile", &reconcile_state_);
}

SourceMetrics::Reconcile Service::reconcile_report() const {
    SourceMetrics::Reconcile report{.running = job_ != nullptr,
                                    .entries = job_ ? job_->reconcile->counts().compared : reconciled_entries_,
                                    .completed = {}};
    if (reconcile_state_.has_completed_at()) {
        report.completed = SourceMetrics::Time(std::chrono::seconds(reconcile_state_.completed_at().seconds()));
    }
    return report;
}

void Service::note_full_reads(publish::Stream& stream) {
    if (session_noted_ == stream.sessions()) {
        return;
    }
    session_noted_ = stream.sessions();
    if (stream.read_in_full()) {
        reconcile_state_.clear_provider_was_lost();
        *reconcile_state_.mutable_completed_at() = publish::to_timestamp(std::chrono::system_clock::now());
        store_reconcile_state();
    }
}

bool Service::reconcile_is_due() const {
    if (Clock::now() < reconcile_not_before_) {
        return false;
    }
    const std::chrono::system_clock::time_point last(std::chrono::seconds(reconcile_state_.completed_at().seconds()));
    const auto passed = [since = std::chrono::system_clock::now() - last](std::chrono::milliseconds interval) {
        return interval > 0ms && since >= interval;
    };
    return passed(config_->reconcile_interval) ||
           (reconcile_state_.provider_was_lost() && passed(config_->reconcile_after_loss));
}

void Service::provider_was_lost() {
    if (!reconcile_state_.provider_was_lost()) {
        reconcile_state_.set_provider_was_lost(true);
        store_reconcile_state();
    }
}

void Service::begin_reconcile(publish::Stream& stream, const v1::ControlRequest* request) {
    std::vector<std::size_t> searches;
    const bool everything = request == nullptr || request->reconcile().has_everything();
    for (std::size_t search = 0; search < config_->searches.size(); ++search) {
        if (everything || config_->searches[search].name == request->reconcile().search()) {
            searches.push_back(search);
        }
    }
    job_ = std::make_unique<Job>();
    job_->request_id = request == nullptr ? std::string() : request->request_id();
    job_->session = stream.sessions();
    job_->everything = everything;
    job_->reconcile = stream.begin_reconcile(searches);
    job_->reader = std::make_unique<sync::FullReader>(*config_, searches, queue_octets);
    job_->reported = Clock::now();
    spdlog::info("reconcile of {} begins{}", everything ? "everything" : "search " + request->reconcile().search(),
                 request == nullptr ? "" : ", as request " + request->request_id() + " asks");
    reconcile_state_.set_generation(job_->reconcile->generation());
    store_reconcile_state();
    if (request != nullptr) {
        desk_.running(*request, counts_of(*job_->reconcile));
    }
}

void Service::break_off(const std::string& why) {
    spdlog::warn("reconcile breaks off, nothing was removed: {}; it is begun again in {} s", why,
                 std::chrono::seconds(break_interval).count());
    job_.reset();
    reconcile_not_before_ = Clock::now() + break_interval;
}

void Service::report_progress(const v1::ControlRequest* request) {
    if (request != nullptr && Clock::now() - job_->reported >= progress_interval) {
        desk_.running(*request, counts_of(*job_->reconcile));
        job_->reported = Clock::now();
    }
}

void Service::work_on_reconcile(publish::Stream& stream, const v1::ControlRequest* request) {
    if (job_ && job_->session != stream.sessions()) {
        break_off("the session with the directory ended");
    }
    if (!job_) {
        if (Clock::now() < reconcile_not_before_) {
            return;
        }
        begin_reconcile(stream, request);
    }
    publish::Reconcile& reconcile = *job_->reconcile;
    if (!reconcile.all_ended()) {
        for (sync::Message& message : job_->reader->pop_all(images_at_once)) {
            if (const auto* entry = std::get_if<sync::EntryMessage>(&message)) {
                reconcile.entry(*entry);
            } else if (const auto* end = std::get_if<sync::DoneMessage>(&message)) {
                reconcile.ended(end->search);
            } else if (const auto* broken = std::get_if<sync::DisconnectedMessage>(&message)) {
                break_off(broken->why);
                return;
            }
        }
        report_progress(request);
        return;
    }
    try {
        switch (reconcile.step()) {
            case publish::Reconcile::Outcome::going_on:
                report_progress(request);
                break;
            case publish::Reconcile::Outcome::read_again:
                job_->reader = std::make_unique<sync::FullReader>(*config_, reconcile.searches(), queue_octets);
                break;
            case publish::Reconcile::Outcome::complete:
                end_reconcile(request);
                break;
        }
    } catch (const ldap::LdapError& error) {
        if (stream.owes_follow_ups()) {
            throw;  // in the middle of it
        }
        break_off(error.what());
    }
}

void Service::end_reconcile(const v1::ControlRequest* request) {
    reconciled_entries_ = job_->reconcile->counts().compared;
    const publish::ReconcileCounts& counts = job_->reconcile->counts();
    spdlog::info(
        "reconcile is complete: {} entries compared, {} of them changed meanwhile, {} records published, {} of them "
        "removals",
        counts.compared, counts.discarded, counts.published, counts.removals);
    if (counts.older > 0) {
        spdlog::warn(
            "reconcile: {} entries have an older entryCSN than was published, and are left as they were: does ldap.uri "
            "name several servers, one of which lags behind? If the directory was restored from a backup, ask for a "
            "resync (entstream-producer --ask resync)",
            counts.older);
    }
    if (request != nullptr) {
        desk_.done(*request, counts_of(*job_->reconcile));
    }
    if (job_->everything) {
        reconcile_state_.clear_provider_was_lost();
        *reconcile_state_.mutable_completed_at() = publish::to_timestamp(std::chrono::system_clock::now());
    }
    store_reconcile_state();
    job_.reset();
}

}  // namespace entstream::producer::control
