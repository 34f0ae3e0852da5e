#include "tests/integration/merge/merge_test.hpp"

#include <utility>

namespace entstream::test {

using consumer::UserField;

Uuid uuid(int number) {
    Uuid made;
    made.octets[14] = static_cast<std::uint8_t>(number / 256);
    made.octets[15] = static_cast<std::uint8_t>(number % 256);
    return made;
}

std::string kind_name(const ::testing::TestParamInfo<MoodleKind>& info) {
    return info.param == MoodleKind::complete ? "complete" : "core_tables";
}

void MergeTest::SetUp() {
    if (!MoodleDatabase::available(GetParam())) {
        GTEST_SKIP() << "there is no dump of a complete Moodle here";
    }
    moodle_.emplace(GetParam());
    moodle_->map_all_fields();
    target_.emplace(moodle_->config());
    target_->open();
    target_->claim("rennes");
}

consumer::UserDelta& MergeTest::user(int number, const Fields& fields) {
    const std::string n = std::to_string(number);
    consumer::UserDelta& delta = batch_.users.emplace_back();
    delta.uuid = uuid(number);
    delta.version = ++offset_;
    delta.present = true;
    delta.created_at = "20260101000000Z";
    delta[UserField::username] = "u" + n;
    delta[UserField::firstname] = "First" + n;
    delta[UserField::lastname] = "Last" + n;
    delta[UserField::email] = "u" + n + "@example.org";
    for (const auto& [field, text] : fields) {
        delta[field] = text;
    }
    return delta;
}

void MergeTest::user_leaves(int number) {
    consumer::UserDelta& delta = batch_.users.emplace_back();
    delta.uuid = uuid(number);
    delta.version = ++offset_;
}

consumer::CohortDelta& MergeTest::group(int number, const std::string& name, const std::string& idnumber) {
    return batch_.cohorts.emplace_back(consumer::CohortDelta{uuid(number), ++offset_, true, name, idnumber, "", false});
}

void MergeTest::group_leaves(int number) {
    group_not_selected(number);
    batch_.cohorts.back().deleted = true;
}

void MergeTest::group_not_selected(int number) {
    batch_.cohorts.emplace_back(consumer::CohortDelta{uuid(number), ++offset_, false, "", "", "", false});
}

consumer::RoleDelta& MergeTest::role(int number, const std::string& shortname, ContextLevel level,
                                     const std::string& key, const std::string& identifier) {
    return batch_.roles.emplace_back(
        consumer::RoleDelta{uuid(number), ++offset_, true, shortname, level, key, identifier, false});
}

void MergeTest::role_leaves(int number) {
    role_not_selected(number);
    batch_.roles.back().deleted = true;
}

void MergeTest::role_not_selected(int number) {
    batch_.roles.emplace_back(
        consumer::RoleDelta{uuid(number), ++offset_, false, "", ContextLevel::system, "", "", false});
}

void MergeTest::member(ParentKind kind, int parent, int value, std::optional<int> user) {
    consumer::MemberDelta& delta = batch_.members.emplace_back();
    delta.parent_kind = kind;
    delta.parent = uuid(parent);
    delta.value = uuid(value);
    delta.version = ++offset_;
    delta.present = true;
    if (user) {
        delta.member = uuid(*user);
    }
}

void MergeTest::member_leaves(ParentKind kind, int parent, int value) {
    member(kind, parent, value, std::nullopt);
    batch_.members.back().present = false;
}

Batch MergeTest::take_batch() {
    Batch batch = std::exchange(batch_, {});
    batch.source = "rennes";
    batch.log_id = "log-1";
    const auto position = target_->position("rennes");
    batch.first_offset = position->next_offset;
    batch.next_offset = offset_ + 1;
    batch.last_sequence = static_cast<std::uint64_t>(offset_);
    return batch;
}

ApplySummary MergeTest::apply() {
    ApplySummary summary = target_->apply(take_batch());
    target_->settle();
    return summary;
}

SweepSummary MergeTest::sweep() {
    constexpr int many = 100;
    for (int i = 0; i < many; ++i) {
        if (SweepSummary summary = target_->sweep("rennes"); summary.complete) {
            return summary;
        }
    }
    ADD_FAILURE() << "the sweep does not end";
    return {};
}

std::string MergeTest::id_of(int number) {
    return sql("SELECT moodle_id FROM entstream.link WHERE kind = 'user' AND uuid = '" + uuid(number).to_text() + "'");
}

}  // namespace entstream::test
