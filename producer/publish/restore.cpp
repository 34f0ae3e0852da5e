#include "producer/publish/restore.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/model/change_check.hpp"
#include "producer/publish/kinds.hpp"
#include "producer/publish/publisher.hpp"

namespace entstream::producer::publish {

namespace {

constexpr std::array<EntryKind, 2> parent_kinds = {EntryKind::group, EntryKind::role};
constexpr std::string_view search_prefix = "search/";
constexpr std::string_view holders_prefix = "holders/";
constexpr std::string_view answer_prefix = "answer/";
constexpr std::string_view container_prefix = "container/";
constexpr std::string_view watch_prefix = "watch/";

[[noreturn]] void refuse(std::string_view key) {
    throw UnreadableLog("it holds a record that this version cannot read, key " + std::string(key) +
                        ": it was written by a newer version or by another program; update entstream, or let the "
                        "source write to topics of its own");
}

template <typename Message>
bool parse(Message& message, std::string_view value) {
    return message.ParseFromArray(value.data(), static_cast<int>(value.size()));
}

/// Of a key that is not ours nothing is told: it can be anything.
std::string key_kind(std::string_view key, bool known) {
    if (!known) {
        return "unknown";
    }
    return std::string(key.starts_with("meta/") ? key : key.substr(0, key.find('/')));
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

void Restorer::change(std::string_view key, std::optional<std::string_view> value, std::int64_t offset) {
    ParsedKey parsed;
    const bool known = parse_key(key, parsed);
    if (known && (value ? take(parsed, *value) : tombstone(parsed, key))) {
        if (!foreign_.empty()) {
            if (const auto healed = foreign_.find(key); healed != foreign_.end()) {
                foreign_.erase(healed);
            }
        }
        const bool is_of_object = parsed.kind == KeyKind::member || entry_kind(parsed.kind);
        if (is_of_object && (!value || change_.operation() != v1::OPERATION_CREATE)) {
            restored_.last_revision = restored_.last_sequence;
        }
        return;
    }
    foreign_[std::string(key)] = offset;
    if (known) {
        hide(parsed);
    }
}

bool Restorer::take(const ParsedKey& key, std::string_view value) {
    const auto reached = [this](std::uint64_t sequence) {
        restored_.last_sequence = std::max(restored_.last_sequence, sequence);
    };
    switch (key.kind) {
        case KeyKind::user:
        case KeyKind::group:
        case KeyKind::role:
        case KeyKind::member:
            change_.Clear();
            // A copy of a record of ours, written by somebody else, does not raise the sequence.
            if (!parse(change_, value) || fault_of(change_, key) || change_.sequence() <= restored_.last_sequence) {
                return false;
            }
            reached(change_.sequence());
            if (key.kind == KeyKind::member) {
                member(key, change_);
            } else {
                entry(*entry_kind(key.kind), key.uuid, change_);
            }
            return true;
        case KeyKind::log_identity: {
            v1::LogIdentity identity;
            if (!parse(identity, value) || identity.log_id().empty()) {
                return false;
            }
            if (identity.format_version() > log_format_version) {
                refuse(log_identity_key);
            }
            reached(identity.sequence());
            restored_.log_id = identity.log_id();
            return true;
        }
        case KeyKind::source_description: {
            v1::SourceDescription description;
            if (!parse(description, value)) {
                return false;
            }
            reached(description.sequence());
            restored_.description = std::move(description);
            return true;
        }
        case KeyKind::heartbeat: {
            v1::Heartbeat heartbeat;
            if (!parse(heartbeat, value)) {
                return false;
            }
            reached(heartbeat.sequence());
            return true;
        }
        case KeyKind::purge_mark: {
            v1::PurgeMark mark;
            if (!parse(mark, value)) {
                return false;
            }
            reached(mark.sequence());
            restored_.highest_purged_offset = mark.highest_purged_offset();
            return true;
        }
    }
    return false;
}

void Restorer::entry(EntryKind kind, const Uuid& uuid, const v1::Change& change) {
    const index::EntryRef ref{.kind = kind, .slot = index_->table(kind).find_or_add(uuid)};
    if (change.operation() == v1::OPERATION_DELETE) {
        if (kind != EntryKind::user) {
            parent_left(ref);
        }
        index_->remove(ref);
        restored_.deletions.note(ref, index::PackedCsn::parse(change.csn()));
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
    for (const index::Inner& inner : index_->nesting.of(parent)) {
        for (const index::Member& member : inner.members) {
            owed_.insert(member_key(uuid, member.value));
        }
    }
    index_->nesting.replace(parent, {});
}

void Restorer::nested_member(const index::EntryRef& parent, const ValueHash& value, const v1::Change& change) {
    const v1::Member& member = change.member();
    const index::Slot group = index_->table(EntryKind::group).find_or_add(*Uuid::from_bytes(member.via_uuid()));
    if (change.operation() == v1::OPERATION_DELETE) {
        index_->nesting.erase(parent, group, value);
        return;
    }
    const index::Slot user = index_->table(EntryKind::user).find_or_add(*Uuid::from_bytes(member.member_uuid()));
    index_->nesting.put(parent, group, {.value = value, .user = user});
    if (last_inner_.second != group || last_inner_.first != member.value()) {
        last_inner_ = {member.value(), group};
        named_so_[index::ParsedDn(member.value()).hash] = group;
    }
}

void Restorer::find_renamed_groups() {
    const index::EntryTable& groups = index_->table(EntryKind::group);
    for (const auto& [dn, group] : named_so_) {
        if (groups[group].present() && groups.find_dn(dn) == index::no_slot) {
            index_->nesting.renamed(dn, group);
        }
    }
}

void Restorer::member(const ParsedKey& key, const v1::Change& change) {
    const bool in_group = change.member().parent_kind() == v1::KIND_GROUP;
    const EntryKind kind = in_group ? EntryKind::group : EntryKind::role;
    const index::EntryRef parent{.kind = kind, .slot = index_->table(kind).find_or_add(key.uuid)};
    index_->stop_awaiting(parent, key.value);
    if (!owed_.empty()) {
        owed_.erase(member_key(key.uuid, key.value));
    }
    if (!change.member().via_uuid().empty()) {
        nested_member(parent, key.value, change);
        return;
    }
    if (change.operation() != v1::OPERATION_UPDATE && index_->entry(parent).present()) {
        // Published from an image of the parent, whose own record is written only when its attributes change.
        if (const auto csn = index::PackedCsn::parse(change.csn()); csn.known()) {
            index_->entry(parent).csn = csn;
        }
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

bool Restorer::tombstone(const ParsedKey& key, std::string_view text) {
    if (key.kind == KeyKind::member) {
        if (const auto owed = owed_.find(text); owed != owed_.end()) {
            owed_.erase(owed);
        }
        // We write them when the parent has left.
        return std::none_of(parent_kinds.begin(), parent_kinds.end(), [&](EntryKind kind) {
            const index::Slot parent = index_->table(kind).find(key.uuid);
            return parent != index::no_slot && (index_->members(kind).find(parent, key.value) != nullptr ||
                                                index_->nesting.holds({.kind = kind, .slot = parent}, key.value));
        });
    }
    if (const auto kind = entry_kind(key.kind)) {
        const index::Slot slot = index_->table(*kind).find(key.uuid);
        return slot == index::no_slot || !index_->table(*kind)[slot].present();
    }
    return false;
}

void Restorer::hide(const ParsedKey& key) {
    if (key.kind == KeyKind::member) {
        for (const EntryKind kind : parent_kinds) {
            if (const index::Slot parent = index_->table(kind).find(key.uuid); parent != index::no_slot) {
                index_->members(kind).erase(parent, key.value);
                index_->stop_awaiting({.kind = kind, .slot = parent}, key.value);
            }
        }
    } else if (const auto kind = entry_kind(key.kind)) {
        const index::EntryRef ref{.kind = *kind, .slot = index_->table(*kind).find_or_add(key.uuid)};
        if (index_->entry(ref).present()) {
            // Whatever it looks like, it differs from this.
            index_->set(ref, index::ParsedDn(index_->dn(ref)), {}, {});
        }
    } else if (key.kind == KeyKind::source_description) {
        restored_.description.reset();
    }
}

void Restorer::assess_damage() {
    Damage& damage = restored_.damage;
    for (const auto& [key, offset] : foreign_) {
        ParsedKey parsed;
        const bool known = parse_key(key, parsed);
        damage.records.push_back({.offset = offset, .key_kind = key_kind(key, known)});
        if (!known) {
            continue;
        }
        if (parsed.kind == KeyKind::member) {
            const bool left = std::any_of(parent_kinds.begin(), parent_kinds.end(), [&](EntryKind kind) {
                const index::Slot parent = index_->table(kind).find(parsed.uuid);
                return parent != index::no_slot && !index_->table(kind)[parent].present() &&
                       !foreign_.contains(entry_key(kind, parsed.uuid));
            });
            if (left) {
                owed_.insert(key);
            } else {
                damage.members.emplace(parsed.uuid, parsed.value);
            }
        } else if (const auto kind = entry_kind(parsed.kind)) {
            const auto holders = holders_.find(key);
            if (holders == holders_.end() || holders->second.withheld_from().empty()) {
                damage.entries.insert({.kind = *kind, .slot = index_->table(*kind).find(parsed.uuid)});
            }
        } else if (parsed.kind == KeyKind::log_identity) {
            damage.log_identity = true;
        }
    }
    std::sort(damage.records.begin(), damage.records.end(),
              [](const auto& left, const auto& right) { return left.offset < right.offset; });
    if (damage.log_identity && restored_.log_id.empty()) {
        if (!restored_.source) {
            refuse(log_identity_key);
        }
        restored_.log_id = restored_.source->log_id();
    }
}

void Restorer::state(std::string_view key, std::optional<std::string_view> value) {
    const auto read_value = [&](auto& message) {
        if (!parse(message, *value)) {
            refuse(key);
        }
    };
    const auto keep = [&](auto& one) {
        one.reset();
        if (value) {
            read_value(one.emplace());
        }
    };
    const auto keep_in = [&](auto& many, std::string_view prefix) {
        const std::string name(key.substr(prefix.size()));
        many.erase(name);
        if (value) {
            read_value(many[name]);
        }
    };
    if (key == "source") {
        keep(restored_.source);
    } else if (key.starts_with(container_prefix)) {
        keep_in(restored_.containers, container_prefix);
    } else if (key.starts_with(watch_prefix)) {
        keep_in(restored_.watches, watch_prefix);
    } else if (key == "control") {
        keep(restored_.control);
    } else if (key == "reconcile") {
        keep(restored_.reconcile);
    } else if (key == "purge") {
        keep(restored_.purge);
    } else if (key.starts_with(answer_prefix)) {
        const std::string id(key.substr(answer_prefix.size()));
        restored_.answers.erase(id);
        if (value) {
            read_value(restored_.answers[id]);
        }
    } else if (key.starts_with(search_prefix)) {
        const std::string name(key.substr(search_prefix.size()));
        restored_.searches.erase(name);
        if (value) {
            read_value(restored_.searches[name]);
        }
    } else if (key.starts_with(holders_prefix)) {
        const std::string entry(key.substr(holders_prefix.size()));
        holders_.erase(entry);
        if (value) {
            read_value(holders_[entry]);
        }
    }
    // Any other key is a newer version's, which must be able to give way to this one again.
}

Restored Restorer::finish() {
    assess_damage();
    for (const EntryKind kind : parent_kinds) {
        for (index::Slot parent = 0; parent < index_->members(kind).parents(); ++parent) {
            const index::EntryRef ref{.kind = kind, .slot = parent};
            if (!index_->entry(ref).present() && !restored_.damage.entries.contains(ref)) {
                parent_left(ref);  // members whose parent's DELETE was purged meanwhile
            }
        }
    }
    std::vector<index::EntryRef> with_inner_groups;
    for (const auto& each : index_->nesting.all()) {
        with_inner_groups.push_back(each.first);
    }
    for (const index::EntryRef& ref : with_inner_groups) {
        if (!index_->entry(ref).present() && !restored_.damage.entries.contains(ref)) {
            parent_left(ref);
        }
    }
    find_renamed_groups();
    for (const EntryKind kind : {EntryKind::group, EntryKind::role}) {
        index_->members(kind).shrink_to_fit();
    }
    index_->find_passed_on();
    give_searches();
    restored_.owed_tombstones.assign(owed_.begin(), owed_.end());
    return std::move(restored_);
}

}  // namespace entstream::producer::publish
