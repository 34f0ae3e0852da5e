#pragma once

#include <pqxx/transaction_base>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "consumer/delta.hpp"
#include "consumer/merge/row_comparison.hpp"

/// Deltas go into the transaction's temporary tables (sql/*_delta.sql) by COPY. The tables must have been created.
namespace entstream::consumer::merge {

/// For `user_seen`: of whom the records are, and how new.
void copy_seen_users(pqxx::transaction_base& transaction, const std::vector<UserDelta>& users);
void copy_users(pqxx::transaction_base& transaction, const std::vector<UserDelta>& users);
/// What custom profile fields of these users are to have.
void copy_profile(pqxx::transaction_base& transaction, const std::vector<UserDelta>& users);
/// What they may have for a language beside the first.
void copy_languages(pqxx::transaction_base& transaction, const std::vector<UserDelta>& users);
void copy_cohorts(pqxx::transaction_base& transaction, const std::vector<CohortDelta>& cohorts);
void copy_roles(pqxx::transaction_base& transaction, const std::vector<RoleDelta>& roles);
void copy_members(pqxx::transaction_base& transaction, const std::vector<MemberDelta>& members);

/// For `removal_cause`: what each DELETE of the batch belongs to.
void copy_removal_causes(pqxx::transaction_base& transaction, const std::vector<RemovalTotals>& removals);

/// Into `affected` and `role_triple`.
void copy_differing_rows(pqxx::transaction_base& transaction, const DifferingRows& differing);

/// What the temporary tables of deltas have.
struct Staged {
    bool users{};
    bool cohorts{};
    bool roles{};
    bool members{};
    bool deleted_groups{};
    bool deleted_roles{};
    bool user_problems{};  ///< somebody cannot be mapped in full
    bool cohort_problems{};
    bool role_problems{};
    bool many{};  ///< so many people, or members, that reading a table as a whole may be sooner than looking up theirs

    Staged& operator|=(const Staged& more);
};

/// So many people, or members, that a table is rather read as a whole, and that asking first may be sooner.
inline constexpr std::size_t many_deltas = 1000;

/// What of the people of a batch is copied.
enum class PeopleStaged : std::uint8_t { none, without_profile, with_profile };

/// Copies all of a batch, and the cohorts and members that its people name.
Staged stage(pqxx::transaction_base& transaction, const Batch& batch, PeopleStaged people);

}  // namespace entstream::consumer::merge
