#include "tests/unit/producer/stream_fixture.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "producer/publish/selection.hpp"
#include "producer/publish/start_records.hpp"

namespace entstream::producer::test {

std::string csn(int n, int sid) {
    return fmt::format("20261122100000.{:06}Z#000000#{:03x}#000000", n, sid);
}

std::string cookie(int n, int sid) {
    return "rid=000,csn=" + csn(n, sid);
}

StreamTest::StreamTest() {
    spdlog::set_level(spdlog::level::off);
    config_.source = "test";
    config_.searches = {{.name = "users",
                         .kind = EntryKind::user,
                         .base = "dc=org",
                         .filter = "(objectClass=person)",
                         .attributes = {"uid", "sn", "mail"}},
                        {.name = "groups",
                         .kind = EntryKind::group,
                         .base = "dc=org",
                         .filter = "(objectClass=groupOfNames)",
                         .attributes = {"cn"}},
                        {.name = "roles",
                         .kind = EntryKind::role,
                         .base = "dc=org",
                         .filter = "(objectClass=role)",
                         .attributes = {"cn"}}};
    provider_.suffix = "dc=org";
    provider_.suffix_uuid = Uuid::from_name("suffix");
}

void StreamTest::restore(Process& process) {
    const publish::Selection spelling(config_, process.index.names);
    publish::Restorer restorer(config_, process.index);
    for (const publish::Topic topic : {publish::Topic::changes, publish::Topic::state}) {
        for (const FakeLog::Record& record : log_.records()) {
            const auto value = record.value ? std::optional<std::string_view>(*record.value) : std::nullopt;
            if (record.topic != topic) {
                continue;
            }
            if (topic == publish::Topic::changes) {
                restorer.change(record.key, value);
            } else {
                restorer.state(record.key, value);
            }
        }
    }
    process.restored = restorer.finish();
}

std::vector<std::optional<std::string>> StreamTest::start() {
    log_.drop_open_transaction();
    config_ = publish::agree_by_kind(config_);
    process_ = std::make_unique<Process>();
    restore(*process_);
    const std::string log_id = process_->restored.log_id.empty() ? "log" : process_->restored.log_id;
    process_->publisher = std::make_unique<publish::Publisher>(
        log_, config_.source, log_id, process_->restored.last_sequence, process_->restored.last_revision);
    publish::publish_start_records(config_, process_->restored, *process_->publisher);
    process_->stream = std::make_unique<publish::Stream>(config_, process_->index, *process_->publisher, directory_,
                                                         process_->restored);
    stream_ = process_->stream.get();
    return stream_->begin_session(provider_);
}

std::vector<std::optional<std::string>> StreamTest::reconnect() {
    return stream_->begin_session(provider_);
}

void StreamTest::end_refresh(const std::vector<std::size_t>& searches, const std::optional<std::string>& with_cookie) {
    for (const std::size_t search : searches) {
        refresh_delete(search, with_cookie);
    }
}

void StreamTest::start_streaming() {
    start();
    std::vector<std::size_t> all;
    for (std::size_t search = 0; search < config_.searches.size(); ++search) {
        all.push_back(search);
    }
    end_refresh(all, cookie(1));
    events();
}

Uuid StreamTest::uuid(const std::string& name) {
    const Uuid result = Uuid::from_name(name);
    names_[result.to_bytes()] = name;
    return result;
}

std::string StreamTest::name_of(const std::string& octets) {
    const auto known = names_.find(octets);
    return known == names_.end() ? "?" : known->second;
}

sync::EntryMessage StreamTest::entry(std::size_t search, const std::string& name, const std::string& dn, int change,
                                     Attributes attributes) {
    sync::EntryMessage message;
    message.search = search;
    message.state = sync::EntryState::add;
    message.uuid = uuid(name);
    message.dn = dn;
    attributes.try_emplace("createTimestamp", std::vector<std::string>{"20261122100000Z"});
    attributes["entryCSN"] = {csn(change)};
    for (auto& [attribute, values] : attributes) {
        message.attributes.push_back({.name = attribute, .values = values});
    }
    return message;
}

sync::EntryMessage StreamTest::user(const std::string& name, int change, const std::string& sn) {
    return entry(users, name, user_dn(name), change, {{"uid", {name}}, {"sn", {sn}}});
}

sync::EntryMessage StreamTest::group(const std::string& name, int change, const std::vector<std::string>& members) {
    return entry(groups, name, "cn=" + name + ",ou=groups,dc=org", change, {{"cn", {name}}, {"member", members}});
}

void StreamTest::persist(sync::EntryMessage message, sync::EntryState state, int change) {
    message.state = state;
    message.cookie = cookie(change);
    send(std::move(message));
}

void StreamTest::persist_delete(std::size_t search, const std::string& name, const std::string& dn, int change) {
    sync::EntryMessage message;
    message.search = search;
    message.uuid = uuid(name);
    message.dn = dn;
    persist(std::move(message), sync::EntryState::remove, change);
}

void StreamTest::id_set(std::size_t search, bool deletes, const std::vector<std::string>& names) {
    sync::IdSetMessage message{.search = search, .refresh_deletes = deletes, .uuids = {}, .cookie = cookie(1)};
    for (const std::string& name : names) {
        message.uuids.push_back(uuid(name));
    }
    send(std::move(message));
}

void StreamTest::refresh_delete(std::size_t search, const std::optional<std::string>& with_cookie) {
    send(sync::RefreshMessage{.search = search, .present_phase = false, .done = true, .cookie = with_cookie});
}

void StreamTest::refresh_present(std::size_t search, const std::optional<std::string>& with_cookie) {
    send(sync::RefreshMessage{.search = search, .present_phase = true, .done = true, .cookie = with_cookie});
}

std::string StreamTest::describe(const FakeLog::Record& record) {
    ParsedKey key;
    EXPECT_TRUE(parse_key(record.key, key)) << record.key;
    EXPECT_EQ(record.headers.at(std::string(log_id_header)), "log");
    if (!record.value) {
        return "tombstone of a member of " + name_of(key.uuid.to_bytes());
    }
    v1::Change change;
    EXPECT_TRUE(change.ParseFromString(*record.value));
    EXPECT_EQ(change.uuid(), key.uuid.to_bytes());
    std::string text = v1::Operation_Name(change.operation()).substr(10) + ' ';
    if (change.kind() == v1::KIND_MEMBER) {
        const std::string& member = change.member().member_uuid();
        text += "member " + name_of(change.uuid()) + ' ';
        text += member.empty() ? '<' + change.member().value() + '>' : name_of(member);
        if (const std::string& via = change.member().via_uuid(); !via.empty()) {
            text += " via " + name_of(via);
        }
    } else {
        text += v1::Kind_Name(change.kind()).substr(5) + ' ' + name_of(change.uuid());
    }
    if (change.changed_attributes_size() > 0) {
        text += fmt::format(" [{}]", fmt::join(change.changed_attributes(), " "));
    }
    if (!change.previous_dn().empty()) {
        text += ' ' + change.previous_dn() + " -> " + change.dn();
    }
    if (change.reason() != v1::REASON_UNSPECIFIED) {
        text += ' ' + v1::Reason_Name(change.reason()).substr(7);
    }
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

Events StreamTest::events() {
    stream_->commit();
    Events result;
    for (; told_ < log_.records().size(); ++told_) {
        const FakeLog::Record& record = log_.records()[told_];
        if (record.topic == publish::Topic::changes && !record.key.starts_with("meta/")) {
            result.push_back(describe(record));
        }
    }
    return result;
}

void StreamTest::compact_log() {
    log_.compact();
    told_ = log_.records().size();
}

void StreamTest::write_foreign(const std::string& key, const std::optional<std::string>& value) {
    log_.begin();
    log_.write(publish::Topic::changes, key, value ? std::optional<std::string_view>(*value) : std::nullopt, {});
    log_.commit();
    told_ = log_.records().size();
}

publish::Damage StreamTest::damage_of_log() {
    Process other;
    restore(other);
    return other.restored.damage;
}

void StreamTest::truncate_log(std::size_t records) {
    log_.truncate(records);
    told_ = records;
}

v1::SearchState StreamTest::state(std::size_t search) {
    v1::SearchState state;
    EXPECT_TRUE(state.ParseFromString(log_.state("search/" + config_.searches[search].name).value_or("")));
    return state;
}

std::vector<std::string> StreamTest::content_of_log() {
    Process other;
    restore(other);
    EXPECT_TRUE(other.restored.owed_tombstones.empty());
    return content(other.index);
}

std::vector<std::string> StreamTest::content(const index::Index& index) {
    std::vector<std::string> lines;
    for (const EntryKind kind : index::entry_kinds) {
        const index::EntryTable& entries = index.table(kind);
        for (index::Slot slot = 0; slot < entries.slots(); ++slot) {
            const index::Entry& each = entries[slot];
            if (!each.present()) {
                continue;
            }
            std::map<std::string, std::uint64_t> attributes;
            for (const index::AttributeHash& attribute : each.packed.image()) {
                attributes[index.names.spelled(attribute.name)] = attribute.values;
            }
            lines.push_back(fmt::format("{} {} held by {:b} {}", name_of(each.uuid.to_bytes()),
                                        index.dn({.kind = kind, .slot = slot}), each.searches, attributes));
            if (kind == EntryKind::user) {
                continue;
            }
            for (const index::Member& member : index.members(kind).of(slot)) {
                const std::string user = member.user == index::no_slot
                                             ? "nobody"
                                             : name_of(index.table(EntryKind::user)[member.user].uuid.to_bytes());
                lines.push_back(
                    fmt::format("{} member {} {}", name_of(each.uuid.to_bytes()), member.value.to_text(), user));
            }
            for (const index::Inner& inner : index.nesting.of({.kind = kind, .slot = slot})) {
                for (const index::Member& member : inner.members) {
                    lines.push_back(fmt::format("{} member {} {} via {}", name_of(each.uuid.to_bytes()),
                                                member.value.to_text(),
                                                name_of(index.table(EntryKind::user)[member.user].uuid.to_bytes()),
                                                name_of(index.table(EntryKind::group)[inner.group].uuid.to_bytes())));
                }
            }
        }
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

}  // namespace entstream::producer::test
