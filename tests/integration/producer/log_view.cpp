#include "tests/integration/producer/log_view.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "common/model/after_image.hpp"

namespace entstream::test {

namespace {

using namespace std::chrono_literals;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

}  // namespace

LogView::LogView(const kafka::KafkaConfig& config, const std::string& source)
    : reader_(config, Topics::of(config.topic_prefix, source).changes, 0) {}

std::string LogView::describe(const v1::Change& change, const ParsedKey& key) {
    std::string text = v1::Operation_Name(change.operation()).substr(10) + ' ';
    if (key.kind == KeyKind::member) {
        const std::string& user = change.member().member_uuid();
        text += "member " + names_[change.uuid()] + ' ';
        text += user.empty() ? "nobody" : names_[user];
        return lower(text);
    }
    text += v1::Kind_Name(change.kind()).substr(5) + ' ' + names_[change.uuid()];
    if (change.changed_attributes_size() > 0) {
        text += fmt::format(" [{}]", fmt::join(change.changed_attributes(), " "));
    }
    if (!change.previous_dn().empty()) {
        text += " was " + change.previous_dn().substr(0, change.previous_dn().find(",ou=test"));
    }
    return lower(text);
}

void LogView::apply(const std::string& record_key, const ParsedKey& key, const v1::Change& change) {
    EXPECT_GT(change.sequence(), last_sequence_);
    last_sequence_ = change.sequence();
    auto& table = key.kind == KeyKind::member ? memberships_ : entries_;
    if (change.operation() == v1::OPERATION_DELETE) {
        table.erase(record_key);
        creates_.erase(record_key);
        if (key.kind != KeyKind::member) {  // overrides its members
            std::erase_if(memberships_, [&](const auto& member) { return member.second.uuid() == change.uuid(); });
            std::erase_if(creates_,
                          [&](const auto& create) { return create.first.starts_with("member/" + key.uuid.to_text()); });
        }
        return;
    }
    if (change.operation() == v1::OPERATION_CREATE) {
        ++creates_[record_key];
    }
    table[record_key] = change;
}

std::optional<std::string> LogView::take(const kafka::Record& record) {
    ParsedKey key;
    const std::string text(record.key());
    EXPECT_TRUE(parse_key(text, key)) << text;
    EXPECT_TRUE(record.header("entstream-log-id")) << text;
    if (text.starts_with("meta/")) {
        v1::Heartbeat heartbeat;
        heartbeats_ += key.kind == KeyKind::heartbeat ? 1 : 0;
        if (key.kind == KeyKind::heartbeat &&
            heartbeat.ParseFromArray(record.value()->data(), static_cast<int>(record.value()->size())) &&
            heartbeat.has_watermark()) {
            watermark_ = std::chrono::system_clock::time_point(std::chrono::seconds(heartbeat.watermark().seconds()) +
                                                               std::chrono::nanoseconds(heartbeat.watermark().nanos()));
        }
        return std::nullopt;
    }
    if (!record.value()) {
        entries_.erase(text);
        memberships_.erase(text);
        creates_.erase(text);
        return "tombstone";
    }
    v1::Change change;
    EXPECT_TRUE(change.ParseFromArray(record.value()->data(), static_cast<int>(record.value()->size())));
    const AfterImage image(change.attributes());
    const std::string name(key.kind == KeyKind::user ? image.first("uid") : image.first("cn"));
    if (!name.empty()) {
        names_[change.uuid()] = name;
    } else if (!image.first("ou").empty()) {
        names_[change.uuid()] = image.first("ou");
    }
    const std::string description = describe(change, key);
    apply(text, key, change);
    return description;
}

std::vector<std::string> LogView::until(const std::string& description) {
    std::vector<std::string> before;
    const auto give_up = std::chrono::steady_clock::now() + 60s;
    while (std::chrono::steady_clock::now() < give_up) {
        if (const auto record = reader_.poll(100ms)) {
            if (const auto text = take(*record)) {
                if (*text == description) {
                    return before;
                }
                before.push_back(*text);
            }
        }
    }
    ADD_FAILURE() << "no record \"" << description << "\", but: " << fmt::format("{}", fmt::join(before, "; "));
    return before;
}

std::vector<std::string> LogView::rest() {
    std::vector<std::string> texts;
    const std::int64_t end = reader_.bounds().end;
    while (reader_.position() < end) {
        if (const auto record = reader_.poll(100ms)) {
            if (const auto text = take(*record)) {
                texts.push_back(*text);
            }
        }
    }
    return texts;
}

std::map<std::string, LogView::User> LogView::users() const {
    std::map<std::string, User> result;
    for (const auto& [key, change] : entries_) {
        const AfterImage image(change.attributes());
        if (change.kind() == v1::KIND_USER && image.find("uid") != nullptr) {
            result[std::string(image.first("uid"))] = {.dn = change.dn(), .sn = std::string(image.first("sn"))};
        }
    }
    return result;
}

std::map<std::string, std::set<std::string>> LogView::members() const {
    std::map<std::string, std::set<std::string>> result;
    for (const auto& [key, change] : memberships_) {
        if (!change.member().member_uuid().empty()) {
            result[names_.at(change.uuid())].insert(names_.at(change.member().member_uuid()));
        }
    }
    return result;
}

int LogView::most_creates() const {
    int most = 0;
    for (const auto& [key, count] : creates_) {
        most = std::max(most, count);
    }
    return most;
}

}  // namespace entstream::test
