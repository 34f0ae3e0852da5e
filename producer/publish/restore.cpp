#include "producer/publish/restore.hpp"

#include <algorithm>

#include "producer/publish/kinds.hpp"
#include "producer/publish/publisher.hpp"

namespace entstream::producer::publish {

namespace {

constexpr std::string_view search_prefix = "search/";
constexpr std::string_view holders_prefix = "holders/";
constexpr std::string_view answer_prefix = "answer/";

[[noreturn]] void refuse(std::string_view key) {
    throw UnreadableLog("it holds a record that this version cannot read, key " + std::string(key) +
                        ": it was written by a newer version or by another program; update entstream, or let the "
                        "source write to topics of its own");
}

template <typename Message>
void parse(Message& message, std::string_view key, std::string_view value) {
    if (!message.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
        refuse(key);
    }
}

void check_operation(const v1::Change& change, std::string_view key) {
    switch (change.operation()) {
        case v1::OPERATION_CREATE:
        case v1::OPERATION_UPDATE:
        case v1::OPERATION_DELETE:
            return;
        default:
            refuse(key);
    }
}

std::optional<EntryKind> entry_kind(KeyKind kind) {
    switch (kind) {
        case KeyKind::user:
            return EntryKind::user;
        case KeyKind::group:
            return EntryKind::group;
        case KeyKind::role:
            return EntryKind::role;
        default:
            return std::nullopt;
    }
}

}  // namespace

Restorer::Restorer(const ProducerConfig& config, index::Index& index) : config_(&config), index_(&index) {}

void Restorer::change(std::string_view key, std::optional<std::string_view> value) {
    ParsedKey parsed;
    if (!parse_key(key, parsed)) {
        refuse(key);
    }
    if (!value) {
        tombstone(parsed, key);
        return;
    }
    const auto reached = [this](std::uint64_t sequence) {
        restored_.last_sequence = std::max(restored_.last_sequence, sequence);
    };
    switch (parsed.kind) {
        case KeyKind::user:
        case KeyKind::group:
        case KeyKind::role:
        case KeyKind::member:
            change_.Clear();
            parse(change_, key, *value);
            check_operation(change_, key);
            reached(change_.sequence());
            if (parsed.kind == KeyKind::member) {
                member(parsed, change_);
            } else {
                entry(*entry_kind(parsed.kind), parsed.uuid, change_);
            }
            break;
        case KeyKind::log_identity: {
            v1::LogIdentity identity;
            parse(identity, key, *value);
            if (identity.format_version() > log_format_version) {
                refuse(key);
            }
            reached(identity.sequence());
            restored_.log_id = identity.log_id();
            break;
        }
        case KeyKind::source_description:
            parse(restored_.description.emplace(), key, *value);
            reached(restored_.description->sequence());
            break;
        case KeyKind::heartbeat: {
            v1::Heartbeat heartbeat;
            parse(heartbeat, key, *value);
            reached(heartbeat.sequence());
            break;
        }
        case KeyKind::purge_mark: {
            v1::PurgeMark mark;
            parse(mark, key, *value);
            reached(mark.sequence());
            break;
        }
    }
}

void Restorer::entry(EntryKind kind, const Uuid& uuid, const v1::Change& change) {
    const index::EntryRef ref{.kind = kind, .slot = index_->table(kind).find_or_add(uuid)};
    if (change.operation() == v1::OPERATION_DELETE) {
        if (kind != EntryKind::user) {
            parent_left(ref);
        }
        index_->remove(ref);
        return;
    }
    image_.clear();
    for (const v1::Attribute& attribute : change.attributes()) {
        index::ValueSetHash hash;
        for (const std::string& value : attribute.values()) {
            hash.add(value);
        }
        image_.push_back({.name = index_->names.id(attribute.name()), .values = hash.get()});
    }
    index::sort_image(image_);
    index_->set(ref, index::ParsedDn(change.dn()), image_, index::PackedCsn::parse(change.csn()));
}

void Restorer::parent_left(const index::EntryRef& parent) {
    const Uuid& uuid = index_->entry(parent).uuid;
    for (const index::Member& member : index_->members(parent.kind).of(parent.slot)) {
        owed_.insert(member_key(uuid, member.value));
        index_->stop_awaiting(parent, member.value);
    }
    index_->members(parent.kind).replace(parent.slot, {});
}

void Restorer::member(const ParsedKey& key, const v1::Change& change) {
    const bool in_group = change.member().parent_kind() == v1::KIND_GROUP;
    if (!in_group && change.member().parent_kind() != v1::KIND_ROLE) {
        refuse(member_key(key.uuid, key.value));
    }
    const EntryKind kind = in_group ? EntryKind::group : EntryKind::role;
    const index::EntryRef parent{.kind = kind, .slot = index_->table(kind).find_or_add(key.uuid)};
    index_->stop_awaiting(parent, key.value);
    if (!owed_.empty()) {
        owed_.erase(member_key(key.uuid, key.value));
    }
    if (change.operation() == v1::OPERATION_DELETE) {
        index_->members(kind).erase(parent.slot, key.value);
        return;
    }
    index::Member member{.value = key.value};
    if (const auto user = Uuid::from_bytes(change.member().member_uuid())) {
        member.user = index_->table(EntryKind::user).find_or_add(*user);
    } else {
        index_->await(parent, key.value, change.member().value());
    }
    index_->members(kind).put(parent.slot, member);
}

void Restorer::tombstone(const ParsedKey& key, std::string_view text) {
    if (key.kind == KeyKind::member) {
        if (const auto owed = owed_.find(text); owed != owed_.end()) {
            owed_.erase(owed);
        }
        for (const EntryKind kind : {EntryKind::group, EntryKind::role}) {
            if (const index::Slot parent = index_->table(kind).find(key.uuid); parent != index::no_slot) {
                index_->members(kind).erase(parent, key.value);
                index_->stop_awaiting({.kind = kind, .slot = parent}, key.value);
            }
        }
    } else if (const auto kind = entry_kind(key.kind)) {
        if (const index::Slot slot = index_->table(*kind).find(key.uuid); slot != index::no_slot) {
            index_->remove({.kind = *kind, .slot = slot});
        }
    }
}

void Restorer::state(std::string_view key, std::optional<std::string_view> value) {
    const auto keep = [&](auto& one) {
        one.reset();
        if (value) {
            parse(one.emplace(), key, *value);
        }
    };
    if (key == "source") {
        keep(restored_.source);
    } else if (key == "control") {
        keep(restored_.control);
    } else if (key == "reconcile") {
        keep(restored_.reconcile);
    } else if (key.starts_with(answer_prefix)) {
        const std::string id(key.substr(answer_prefix.size()));
        restored_.answers.erase(id);
        if (value) {
            parse(restored_.answers[id], key, *value);
        }
    } else if (key.starts_with(search_prefix)) {
        const std::string name(key.substr(search_prefix.size()));
        restored_.searches.erase(name);
        if (value) {
            parse(restored_.searches[name], key, *value);
        }
    } else if (key.starts_with(holders_prefix)) {
        const std::string entry(key.substr(holders_prefix.size()));
        holders_.erase(entry);
        if (value) {
            parse(holders_[entry], key, *value);
        }
    }
    // Any other key is a newer version's, which must be able to give way to this one again.
}

Restored Restorer::finish() {
    for (const EntryKind kind : {EntryKind::group, EntryKind::role}) {
        for (index::Slot parent = 0; parent < index_->members(kind).parents(); ++parent) {
            const index::EntryRef ref{.kind = kind, .slot = parent};
            if (!index_->entry(ref).present()) {
                parent_left(ref);  // members whose parent's DELETE was purged meanwhile
            }
        }
    }
    index_->find_passed_on();
    give_searches();
    restored_.owed_tombstones.assign(owed_.begin(), owed_.end());
    return std::move(restored_);
}

}  // namespace entstream::producer::publish
