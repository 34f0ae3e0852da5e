#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

#include "consumer/merge/target.hpp"
#include "tests/integration/merge/moodle_database.hpp"

namespace entstream::test {

using consumer::Batch;
using consumer::ContextLevel;
using consumer::Offset;
using consumer::ParentKind;
using consumer::merge::Action;
using consumer::merge::ApplySummary;
using consumer::merge::Entity;
using consumer::merge::Failure;
using consumer::merge::MoodleTarget;
using consumer::merge::SweepSummary;

/// The UUID that the tests give to entry number n of a kind; in the order of the numbers.
Uuid uuid(int number);

/// A fresh Moodle with an open target that owns source "rennes", and the records of one log, made offset by offset:
/// the deltas collected since the last apply() are the next batch.
class MergeTest : public ::testing::TestWithParam<MoodleKind> {
  protected:
    using Fields = std::map<consumer::UserField, std::string>;

    void SetUp() override;

    /// A user as the mapping gives him: username u<number> and so on, with these fields instead.
    consumer::UserDelta& user(int number, const Fields& fields = {});
    void user_leaves(int number);
    consumer::CohortDelta& group(int number, const std::string& name, const std::string& idnumber);
    void group_leaves(int number);
    /// The group is there, but not selected (any more).
    void group_not_selected(int number);
    consumer::RoleDelta& role(int number, const std::string& shortname, ContextLevel level, const std::string& key = "",
                              const std::string& identifier = "");
    void role_leaves(int number);
    void role_not_selected(int number);
    /// Value number `value` of the parent's member attribute names this user, or nobody known.
    void member(ParentKind kind, int parent, int value, std::optional<int> user);
    void member_leaves(ParentKind kind, int parent, int value);

    /// What was collected, as a batch; apply() applies it and settles.
    Batch take_batch();
    ApplySummary apply();
    /// One whole sweep.
    SweepSummary sweep();

    /// How the error of this call is to be handled; nullopt: no error.
    template <typename Call>
    static std::optional<Failure> failure_of(Call&& call) {
        try {
            call();
        } catch (...) {
            return consumer::merge::classify(std::current_exception());
        }
        return std::nullopt;
    }

    std::string sql(const std::string& statements) { return moodle_->sql(statements); }
    /// mdl_user.id of user number n.
    std::string id_of(int number);

    std::optional<MoodleDatabase> moodle_;
    std::optional<MoodleTarget> target_;
    Batch batch_;
    Offset offset_ = 0;
};

std::string kind_name(const ::testing::TestParamInfo<MoodleKind>& info);

}  // namespace entstream::test

/// Runs a suite of MergeTest against both kinds of Moodle.
#define ENTSTREAM_MERGE_SUITE(suite)                                                                            \
    INSTANTIATE_TEST_SUITE_P(                                                                                   \
        Moodle, suite,                                                                                          \
        ::testing::Values(::entstream::test::MoodleKind::core_tables, ::entstream::test::MoodleKind::complete), \
        ::entstream::test::kind_name)
