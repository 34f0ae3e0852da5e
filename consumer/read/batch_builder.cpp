#include "consumer/read/batch_builder.hpp"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "consumer/read/removals_of_batch.hpp"

namespace entstream::consumer::read {

namespace {

constexpr std::string_view member_key_prefix = "member/";

std::chrono::system_clock::time_point time_of(const google::protobuf::Timestamp& timestamp) {
    return std::chrono::system_clock::time_point(
        std::chrono::microseconds(google::protobuf::util::TimeUtil::TimestampToMicroseconds(timestamp)));
}

std::string to_json(const google::protobuf::Message& message) {
    std::string text;
    // It fails on Any messages of unknown type only, which ours has not.
    const auto status = google::protobuf::util::MessageToJsonString(message, &text);
    return status.ok() ? text : std::string();
}

/// What a later record of an entry does not give stays as an earlier one of the same batch said it.
void fill_gaps(UserDelta& later, const UserDelta& earlier) {
    for (std::size_t i = 0; i < user_field_count; ++i) {
        if (!later.fields.at(i)) {
            later.fields.at(i) = earlier.fields.at(i);
        }
    }
}

void fill_gaps(CohortDelta& later, const CohortDelta& earlier) {
    if (later.name.empty()) {
        later.name = earlier.name;
    }
    if (later.idnumber.empty()) {
        later.idnumber = earlier.idnumber;
    }
}

void fill_gaps(RoleDelta& /*later*/, const RoleDelta& /*earlier*/) {}  // what says nothing any more gives nothing

/// The later state of a key takes the place of the earlier one. \returns whether there was one
template <typename Delta, typename Key, typename Places>
bool put(std::vector<Delta>& deltas, Places& places, const Key& key, Delta delta) {
    const auto [place, is_new] = places.try_emplace(key, deltas.size());
    if (is_new) {
        deltas.push_back(std::move(delta));
    } else {
        deltas[place->second] = std::move(delta);
    }
    return !is_new;
}

/// The delta of an entry that is not there any more.
template <typename Delta>
Delta delta_of_leaver(const Uuid& uuid, Offset version) {
    Delta delta{};
    delta.uuid = uuid;
    delta.version = version;
    if constexpr (requires { delta.deleted; }) {
        delta.deleted = true;
    }
    return delta;
}

}  // namespace

BatchBuilder::BatchBuilder(const map::Mapper& mapper, std::string source, const std::string& topic,
                           const StartPosition& start, const LookAhead* ahead)
    : mapper_(&mapper),
      ahead_(ahead),
      check_(topic, start.log_id, start.next_offset, start.last_sequence, start.begun_at),
      members_from_(start.members_from) {
    batch_.source = std::move(source);
    batch_.first_offset = start.next_offset;
    batch_.next_offset = start.next_offset;
}

bool BatchBuilder::pass_over(std::string_view key, Offset offset) {
    if (offset >= members_from_ || !key.starts_with(member_key_prefix)) {
        return false;
    }
    count(offset);
    return true;
}

tl::expected<BatchBuilder::Added, Rejection> BatchBuilder::add(const LogRecord& record) {
    if (!record.log_id) {
        count(record.offset);
        return tl::unexpected(Rejection{.stage = Stage::value_converter,
                                        .reason = "no header entstream-log-id: not written by entstream-producer"});
    }
    check_.check_identity(record);
    if (auto decoded = decode(record, decoded_); !decoded) {
        count(record.offset);
        return tl::unexpected(std::move(decoded.error()));
    }
    if (is_superseded(record.offset)) {
        check_.check_content(record, decoded_);
        count(record.offset);
        ++batch_.reading.superseded;
        return Added::yes;
    }
    if (brings_back_what_left() || follows_many_users()) {
        return Added::after_take;
    }
    count(record.offset);
    if (decoded_.tombstone) {
        return Added::yes;
    }
    check_.check_content(record, decoded_);
    switch (decoded_.key.kind) {
        case KeyKind::heartbeat:
            if (decoded_.heartbeat.has_watermark()) {
                heard_ = time_of(decoded_.heartbeat.watermark());
            }
            return Added::yes;
        case KeyKind::source_description: {
            std::string missing;
            for (const std::string& sentence : mapper_->missing_in(decoded_.source_description)) {
                missing += missing.empty() ? "" : "\n";
                missing += sentence;
            }
            if (!missing.empty()) {
                throw MappingRefused(missing);
            }
            batch_.published = to_json(decoded_.source_description);
            return Added::yes;
        }
        case KeyKind::log_identity:
        case KeyKind::purge_mark:
            return Added::yes;
        default:
            note_times(record);
            return apply_change(record.offset).map([] { return Added::yes; });
    }
}

void BatchBuilder::note_times(const LogRecord& record) {
    const v1::Change& change = decoded_.change;
    std::optional<std::chrono::system_clock::time_point> changed;
    if (change.has_changed_at() && !change.csn().empty()) {
        changed = time_of(change.changed_at());
        batch_.reading.newest_change = std::max(batch_.reading.newest_change, changed);
    }
    if (record.published_at) {
        // What a refresh finds was changed long before.
        const bool live = change.phase() == v1::PHASE_PERSIST;
        batch_.reading.times.push_back({.committed = *record.published_at, .changed = live ? changed : std::nullopt});
    }
}

bool BatchBuilder::is_superseded(Offset offset) const {
    return ahead_ != nullptr && ahead_->supersedes(decoded_, offset);
}

bool BatchBuilder::brings_back_what_left() const {
    // The DELETE must reach the database as such, because it ends memberships that only the database knows.
    const bool is_parent = decoded_.key.kind == KeyKind::group || decoded_.key.kind == KeyKind::role;
    return !decoded_.tombstone && is_parent && decoded_.change.operation() != v1::OPERATION_DELETE &&
           left_.contains(decoded_.key.uuid);
}

bool BatchBuilder::follows_many_users() const {
    // A batch costs as much beside its records as some hundred of them.
    constexpr std::size_t many = 1000;
    const KeyKind kind = decoded_.key.kind;
    const bool needs_users = kind == KeyKind::group || kind == KeyKind::role || kind == KeyKind::member;
    return needs_users && users_in_a_row_ >= many && !batch_.users.empty();
}

void BatchBuilder::count(Offset offset) {
    ++records_;
    batch_.next_offset = offset + 1;
}

tl::expected<void, Rejection> BatchBuilder::apply_change(Offset offset) {
    const Uuid& uuid = decoded_.key.uuid;
    const bool leaves = decoded_.change.operation() == v1::OPERATION_DELETE;
    users_in_a_row_ = decoded_.key.kind == KeyKind::user ? users_in_a_row_ + 1 : 0;
    const AfterImage image(decoded_.change.attributes());
    if (leaves) {
        count_removal(offset, decoded_.key.kind, decoded_.change, batch_.removals);
    }

    const auto add_entry = [&](auto& deltas, auto& places, auto mapped) -> tl::expected<void, Rejection> {
        const std::string problem = mapped.problem;
        if (const auto place = places.find(uuid); !problem.empty() && place != places.end()) {
            fill_gaps(mapped, deltas[place->second]);
        }
        batch_.reading.unselected += mapped.present || !problem.empty() ? 0 : 1;
        batch_.reading.superseded += put(deltas, places, uuid, std::move(mapped)) ? 1 : 0;
        if (!problem.empty()) {
            return tl::unexpected(Rejection{.stage = Stage::transformation, .reason = problem});
        }
        return {};
    };
    switch (decoded_.key.kind) {
        case KeyKind::user: {
            if (leaves) {
                batch_.reading.superseded +=
                    put(batch_.users, users_, uuid, delta_of_leaver<UserDelta>(uuid, offset)) ? 1 : 0;
                return {};
            }
            return add_entry(batch_.users, users_, mapper_->user(uuid, offset, image));
        }
        case KeyKind::group:
            if (leaves) {
                left_[uuid] = offset;
                batch_.reading.superseded +=
                    put(batch_.cohorts, cohorts_, uuid, delta_of_leaver<CohortDelta>(uuid, offset)) ? 1 : 0;
                return {};
            }
            return add_entry(batch_.cohorts, cohorts_, mapper_->cohort(uuid, offset, image));
        case KeyKind::role:
            if (leaves) {
                left_[uuid] = offset;
                batch_.reading.superseded +=
                    put(batch_.roles, roles_, uuid, delta_of_leaver<RoleDelta>(uuid, offset)) ? 1 : 0;
                return {};
            }
            return add_entry(batch_.roles, roles_, mapper_->role(uuid, offset, image));
        default:
            add_member(offset);
            return {};
    }
}

void BatchBuilder::add_member(Offset offset) {
    ++members_read_;
    const v1::Member& member = decoded_.change.member();
    MemberDelta delta;
    delta.parent_kind = member.parent_kind() == v1::KIND_ROLE ? ParentKind::role : ParentKind::group;
    delta.parent = decoded_.key.uuid;
    delta.value = decoded_.key.value;
    delta.version = offset;
    delta.present = decoded_.change.operation() != v1::OPERATION_DELETE;
    delta.member = Uuid::from_bytes(member.member_uuid());
    const MemberKey key{.parent = delta.parent, .value = delta.value};
    batch_.reading.superseded += put(batch_.members, members_, key, delta) ? 1 : 0;
}

void BatchBuilder::drop_overridden_members() {
    if (left_.empty()) {
        return;
    }
    std::erase_if(batch_.members, [this](const MemberDelta& member) {
        const auto parent = left_.find(member.parent);
        return parent != left_.end() && member.version < parent->second;
    });
}

Batch BatchBuilder::take() {
    drop_overridden_members();
    if (ahead_ == nullptr || batch_.next_offset >= ahead_->end()) {
        batch_.watermark = std::exchange(heard_, std::nullopt);
    }
    batch_.log_id = check_.log_id();
    batch_.last_sequence = check_.last_sequence();
    batch_.reading.records = static_cast<std::int64_t>(records_);
    Batch next;
    next.source = batch_.source;
    next.first_offset = batch_.next_offset;
    next.next_offset = batch_.next_offset;
    records_ = 0;
    members_read_ = 0;
    users_.clear();
    cohorts_.clear();
    roles_.clear();
    members_.clear();
    left_.clear();
    return std::exchange(batch_, std::move(next));
}

}  // namespace entstream::consumer::read
