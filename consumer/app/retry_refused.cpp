#include "consumer/app/retry_refused.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "common/log/context.hpp"
#include "consumer/read/batch_builder.hpp"

namespace entstream::consumer::app {

namespace {

constexpr int portion = 500;

/// What the records say, by the mapping of today. \pre ordered by version
Batch to_batch(const map::Mapper& mapper, const std::string& source, const std::vector<RefusedRecord>& records) {
    // The log's identity was checked when they were read from it.
    constexpr const char* any_log = "entstream.refused";
    read::BatchBuilder builder(mapper, source, any_log, read::StartPosition{});
    for (const RefusedRecord& record : records) {
        const auto added =
            builder.add({.key = record.key, .value = record.value, .offset = record.version, .log_id = any_log});
        if (!added) {
            const log::Context of_record({.source = source, .offset = record.version});
            spdlog::debug("source {}: {}: {}", source, record.key, added.error().reason);
        }
    }
    return builder.take();
}

merge::Counts try_again(Target& target, const map::Mapper& mapper, const std::string& source,
                        const std::vector<RefusedRecord>& records) {
    try {
        merge::Counts counts = target.retry(to_batch(mapper, source, records), records);
        for (const RefusedRecord& record : records) {
            const log::Context of_record({.source = source, .offset = record.version});
            spdlog::info("source {}: offset {}, {}: the database takes it now", source, record.version, record.key);
        }
        return counts;
    } catch (const std::exception&) {
        if (merge::classify(std::current_exception()) != merge::Failure::permanent) {
            throw;
        }
    }
    if (records.size() == 1) {
        return {};  // it goes on waiting, and every sweep counts it
    }
    const auto middle = records.begin() + static_cast<std::ptrdiff_t>(records.size() / 2);
    merge::Counts counts = try_again(target, mapper, source, {records.begin(), middle});
    counts += try_again(target, mapper, source, {middle, records.end()});
    return counts;
}

}  // namespace

bool RefusedRetries::take_due(OfSource& waiting, const RefusedRecord& record, Clock::time_point now) const {
    Waiting& one = waiting[record.key];
    one.seen = true;
    if (one.version != record.version || one.pause == std::chrono::milliseconds::zero()) {
        one.version = record.version;
        one.pause = first_pause_;
    } else if (now < one.due) {
        return false;
    } else {
        one.pause = std::min<std::chrono::milliseconds>(one.pause * 2, longest_pause);
    }
    one.due = now + one.pause;
    return true;
}

merge::Counts RefusedRetries::try_due(Target& target, const map::Mapper& mapper, const std::string& source,
                                      Clock::time_point now) {
    OfSource& waiting = waiting_[source];
    for (auto& [key, one] : waiting) {
        one.seen = false;
    }
    merge::Counts counts;
    auto records = target.refused(source, "", portion);
    while (!records.empty()) {
        const std::string last = records.back().key;
        std::erase_if(records, [&](const RefusedRecord& record) { return !take_due(waiting, record, now); });
        std::sort(records.begin(), records.end(),
                  [](const RefusedRecord& left, const RefusedRecord& right) { return left.version < right.version; });
        if (!records.empty()) {
            counts += try_again(target, mapper, source, records);
        }
        records = target.refused(source, last, portion);
    }
    std::erase_if(waiting, [](const auto& each) { return !each.second.seen; });
    return counts;
}

}  // namespace entstream::consumer::app
