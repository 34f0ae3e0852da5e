#include "tests/conformance/published.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "common/kafka/error.hpp"

namespace entstream::test {

namespace {

constexpr std::size_t uuid_octets = 16;

std::string lower_words(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return c == '_' ? ' ' : static_cast<char>(std::tolower(c)); });
    return text;
}

std::string operation_of(const v1::Change& change) {
    return lower_words(v1::Operation_Name(change.operation()).substr(std::string("OPERATION_").size()));
}

std::string kind_of(const v1::Change& change) {
    return lower_words(v1::Kind_Name(change.kind()).substr(std::string("KIND_").size()));
}

std::string attributes_of(const v1::Change& change) {
    std::vector<std::string> texts;
    for (const v1::Attribute& attribute : change.attributes()) {
        if (attribute.name() == "createTimestamp") {
            continue;
        }
        std::vector<std::string> values(attribute.values().begin(), attribute.values().end());
        std::sort(values.begin(), values.end());
        for (const std::string& value : values) {
            texts.push_back(attribute.name() + '=' + value);
        }
    }
    std::sort(texts.begin(), texts.end());
    return fmt::format("{{{}}}", fmt::join(texts, " "));
}

}  // namespace

Published::Published(const kafka::KafkaConfig& config, const std::string& source, const std::string& base,
                     std::string hidden)
    : reader_(config, Topics::of(config.topic_prefix, source).changes, 0),
      base_(',' + base),
      hidden_(std::move(hidden)) {}

std::string Published::without_base(const std::string& dn) const {
    return dn.ends_with(base_) ? dn.substr(0, dn.size() - base_.size()) : dn;
}

void Published::name(const v1::Change& change) {
    if (names_.contains(change.uuid()) || change.dn().empty()) {
        return;
    }
    const std::size_t start = change.dn().find('=') + 1;
    std::string name = change.dn().substr(start, change.dn().find(',') - start);
    while (!taken_names_.insert(name).second) {
        name += '\'';
    }
    names_[change.uuid()] = name;
}

std::string Published::name_of(const std::string& uuid) const {
    const auto found = names_.find(uuid);
    return found == names_.end() ? "unknown" : found->second;
}

std::string Published::describe(const v1::Change& change, const ParsedKey& key) const {
    std::string text = operation_of(change) + ' ';
    if (key.kind == KeyKind::member) {
        text += "member " + name_of(change.uuid()) + ' ';
        const std::string& user = change.member().member_uuid();
        return text + (user.empty() ? "nobody (" + without_base(change.member().value()) + ')' : name_of(user));
    }
    text += kind_of(change) + ' ' + name_of(change.uuid());
    if (change.changed_attributes_size() > 0) {
        text += fmt::format(" [{}]", fmt::join(change.changed_attributes(), " "));
    }
    text += ' ' + without_base(change.dn());
    if (!change.previous_dn().empty()) {
        text += " was " + without_base(change.previous_dn());
    }
    if (change.operation() == v1::OPERATION_DELETE) {
        return text + " (" + lower_words(v1::Reason_Name(change.reason()).substr(std::string("REASON_").size())) + ')';
    }
    return text + ' ' + attributes_of(change);
}

void Published::check(const v1::Change& change, const ParsedKey& key) {
    EXPECT_GT(change.sequence(), last_sequence_);
    last_sequence_ = change.sequence();
    EXPECT_EQ(change.uuid(), key.uuid.to_bytes());
    EXPECT_EQ(change.uuid().size(), uuid_octets);
    EXPECT_NE(change.phase(), v1::PHASE_UNSPECIFIED);
    EXPECT_GT(change.generation(), 0U);
    EXPECT_TRUE(change.has_observed_at());
    EXPECT_EQ(change.kind() == v1::KIND_MEMBER, key.kind == KeyKind::member);
    switch (change.operation()) {
        case v1::OPERATION_CREATE:
            EXPECT_EQ(change.changed_attributes_size(), 0);
            EXPECT_EQ(change.previous_dn(), "");
            break;
        case v1::OPERATION_UPDATE:
            EXPECT_TRUE(key.kind == KeyKind::member || change.changed_attributes_size() > 0 ||
                        !change.previous_dn().empty())
                << "an update that changes nothing";
            break;
        case v1::OPERATION_DELETE:
            EXPECT_EQ(change.attributes_size(), 0);
            EXPECT_NE(change.reason(), v1::REASON_UNSPECIFIED);
            break;
        default:
            ADD_FAILURE() << "operation " << change.operation();
    }
    if (key.kind != KeyKind::member && change.operation() != v1::OPERATION_DELETE) {
        EXPECT_GT(change.attributes_size(), 0);
        EXPECT_NE(change.dn(), "");
    }
}

void Published::apply(const std::string& record_key, const ParsedKey& key, const v1::Change& change) {
    auto& table = key.kind == KeyKind::member ? members_ : entries_;
    const bool there = table.contains(record_key);
    if (change.operation() == v1::OPERATION_DELETE) {
        EXPECT_TRUE(there) << "deleted, but it was not there: " << describe(change, key);
        table.erase(record_key);
        if (key.kind != KeyKind::member) {  // overrides its members
            std::erase_if(members_, [&](const auto& member) { return member.second.uuid() == change.uuid(); });
        }
        return;
    }
    EXPECT_EQ(change.operation() == v1::OPERATION_UPDATE, there) << describe(change, key);
    table[record_key] = change;
}

void Published::tell(const std::string& line, const std::string& name) {
    if (!name.starts_with(hidden_)) {
        lines_.push_back(line);
    }
}

void Published::take(const kafka::Record& record) {
    ParsedKey key;
    const std::string text(record.key());
    ASSERT_TRUE(parse_key(text, key)) << text;
    EXPECT_TRUE(record.header(log_id_header.data())) << text;
    if (text.starts_with("meta/")) {
        return;
    }
    if (!record.value()) {
        EXPECT_FALSE(members_.contains(text)) << "a tombstone took a member away: " << text;
        tell(text.starts_with("member/") ? "tombstone member " + name_of(key.uuid.to_bytes()) : "tombstone " + text,
             name_of(key.uuid.to_bytes()));
        return;
    }
    v1::Change change;
    ASSERT_TRUE(change.ParseFromArray(record.value()->data(), static_cast<int>(record.value()->size()))) << text;
    check(change, key);
    if (key.kind != KeyKind::member) {
        name(change);
    }
    apply(text, key, change);
    changes_.push_back(change);
    tell(describe(change, key), name_of(change.uuid()));
}

void Published::read() {
    std::int64_t end = 0;
    try {
        end = reader_.bounds().end;
    } catch (const kafka::Error& error) {
        if (error.error_class() != kafka::ErrorClass::transient) {
            throw;
        }
        return;  // a topic that is quite new has no leader yet
    }
    while (reader_.position() < end) {
        if (const auto record = reader_.poll(std::chrono::milliseconds(100))) {
            take(*record);
        }
    }
}

std::vector<std::string> Published::take() {
    return std::exchange(lines_, {});
}

bool Published::has(const std::string& name) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const auto& entry) { return name_of(entry.second.uuid()) == name; });
}

bool Published::has_member(const std::string& parent, const std::string& member) const {
    return std::any_of(members_.begin(), members_.end(), [&](const auto& each) {
        return name_of(each.second.uuid()) == parent && name_of(each.second.member().member_uuid()) == member;
    });
}

}  // namespace entstream::test
