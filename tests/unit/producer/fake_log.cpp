#include "tests/unit/producer/fake_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace entstream::producer::test {

void FakeLog::begin() {
    EXPECT_FALSE(open_) << "begin() inside a transaction";
    open_ = true;
}

void FakeLog::write(publish::Topic topic, std::string_view key, std::optional<std::string_view> value,
                    std::span<const kafka::Header> headers) {
    EXPECT_TRUE(open_) << "record outside a transaction";
    Record& record = pending_.emplace_back();
    record.topic = topic;
    record.key = key;
    if (value) {
        record.value = std::string(*value);
    }
    for (const kafka::Header& header : headers) {
        record.headers[std::string(header.name)] = header.value;
    }
}

void FakeLog::commit() {
    EXPECT_TRUE(open_) << "commit() outside a transaction";
    open_ = false;
    ++transactions_;
    for (Record& record : pending_) {
        record.transaction = transactions_;
        records_.push_back(std::move(record));
    }
    pending_.clear();
}

std::optional<std::string> FakeLog::state(const std::string& key) const {
    const auto last = std::find_if(records_.rbegin(), records_.rend(), [&](const Record& record) {
        return record.topic == publish::Topic::state && record.key == key;
    });
    return last == records_.rend() ? std::nullopt : last->value;
}

void FakeLog::compact() {
    std::set<std::pair<publish::Topic, std::string>> later;
    std::vector<Record> kept;
    std::for_each(records_.rbegin(), records_.rend(), [&](const Record& record) {
        if (later.emplace(record.topic, record.key).second && record.value) {
            kept.push_back(record);
        }
    });
    records_.assign(kept.rbegin(), kept.rend());
}

void FakeLog::drop_open_transaction() {
    open_ = false;
    pending_.clear();
}

}  // namespace entstream::producer::test
