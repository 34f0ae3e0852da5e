#include "producer/publish/search_progress.hpp"

#include <spdlog/spdlog.h>

#include "producer/publish/fingerprint.hpp"
#include "producer/publish/kinds.hpp"

namespace entstream::producer::publish {

void SearchProgress::store(Publisher& publisher, std::uint64_t generation) {
    stored.set_generation(generation);
    *stored.mutable_updated_at() = to_timestamp(std::chrono::system_clock::now());
    publisher.state("search/" + name, &stored);
}

bool SearchProgress::meet(const std::string& suffix) {
    suffix_uuid = suffix.empty() ? stored.suffix_uuid() : suffix;
    withhold_from.clear();
    if (stored.fingerprint().empty()) {
        return false;  // nothing published yet
    }
    const bool elsewhere = !stored.suffix_uuid().empty() && stored.suffix_uuid() != suffix_uuid;
    if (elsewhere || !same_view(stored.fingerprint(), fingerprint)) {
        withhold_from = view_id(stored);
        read_again(elsewhere ? metrics::RefreshReason::other_directory : metrics::RefreshReason::configuration);
    }
    return elsewhere;
}

std::string SearchProgress::view() const {
    return view_id(fingerprint, suffix_uuid);
}

void SearchProgress::note_view() {
    stored.set_fingerprint(fingerprint);
    stored.set_suffix_uuid(suffix_uuid);
    stored.set_kind(record_kind(kind));
}

void SearchProgress::store_refresh_begun(Publisher& publisher, std::uint64_t generation) {
    if (stored.fingerprint().empty()) {
        note_view();
    }
    stored.set_refresh_in_progress(true);
    store(publisher, generation);
}

void SearchProgress::store_resync(Publisher& publisher, std::uint64_t generation) {
    if (stored.cookie().empty()) {
        return;
    }
    stored.clear_cookie();
    stored.clear_cookie_kind();
    store(publisher, generation);
}

bool SearchProgress::store_cookie(Publisher& publisher, std::uint64_t generation) {
    if (stored.cookie() == cookie.text() && !stored.refresh_in_progress() && stored.fingerprint() == fingerprint &&
        stored.suffix_uuid() == suffix_uuid) {
        return false;
    }
    note_view();
    stored.set_cookie(cookie.text());
    stored.set_cookie_kind(cookie.opaque() ? v1::COOKIE_KIND_OPAQUE : v1::COOKIE_KIND_CSN_VECTOR);
    stored.set_refresh_in_progress(false);
    store(publisher, generation);
    return true;
}

std::vector<SearchProgress> restore_progress(const ProducerConfig& config, const Restored& restored) {
    std::vector<SearchProgress> result;
    const bool cut = restored.log_was_cut();
    if (cut) {
        spdlog::warn(
            "the log of source {0} ends at sequence {1}, but {2} were written: the topic was truncated or made anew; "
            "every search is read without cookie; remedy: rebuild each target that had read beyond sequence {1}, "
            "also one that goes on by itself: other changes stand there now",
            config.source, restored.last_sequence, restored.source->last_sequence());
    }
    for (const SearchConfig& search : config.searches) {
        SearchProgress& progress = result.emplace_back();
        progress.name = search.name;
        progress.kind = search.kind;
        progress.fingerprint = fingerprint(search, config);
        const auto stored = restored.searches.find(search.name);
        if (stored == restored.searches.end()) {
            progress.read_again(metrics::RefreshReason::first);
            continue;
        }
        progress.stored = stored->second;
        progress.cookie = sync::Cookie::parse(progress.stored.cookie());
        if (cut || progress.cookie.empty()) {
            progress.read_again(cut ? metrics::RefreshReason::log_damaged : metrics::RefreshReason::interrupted);
        }
        if (progress.stored.fingerprint() != progress.fingerprint) {
            progress.read_again(metrics::RefreshReason::configuration);
            spdlog::warn("search {}: its configuration has changed since the last start: it is read without cookie{}",
                         search.name,
                         same_view(progress.stored.fingerprint(), progress.fingerprint)
                             ? ""
                             : ", and entries that it does not show any more are not removed");
        }
    }
    return result;
}

}  // namespace entstream::producer::publish
