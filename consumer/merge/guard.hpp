#pragma once

#include <pqxx/transaction_base>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/consumer_config.hpp"
#include "consumer/delta.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/target.hpp"

/// The guard takes removals out of a plan when there are more of them than is usual: an accident upstream must not
/// suspend a school. What it takes out waits in entstream.held (docs/guard.md).
namespace entstream::consumer::merge {

/// What the running window of an entity has seen (entstream.guard_window); all zero: none is running.
struct GuardWindow {
    std::int64_t let_through{};
    std::int64_t held{};
    std::int64_t linked{};  ///< objects of the target when they were counted last; 0: they were not
};

struct GuardVerdict {
    bool holds{};
    std::int64_t expected{};  ///< removals of this window, with those that are announced
    std::int64_t linked{};    ///< objects of the target, where they were counted
};

/// The most removals of an entity that pass within a window. \param linked  objects of the target
std::int64_t guard_limit(const GuardConfig& config, std::int64_t linked);

/// Whether removals are held: all of a plan, or none.
/// \param fresh         removals of the plan that are not held already, more than none
/// \param announced     that the producer has announced and that are not applied yet
/// \param count_linked  asked only where the answer decides: it is dear
GuardVerdict guard_verdict(const GuardConfig& config, const GuardWindow& window, std::int64_t fresh,
                           const std::function<std::int64_t()>& announced,
                           const std::function<std::int64_t()>& count_linked);

/// The guard over one plan. Its SQL is in sql/guard; it changes the plan's temporary tables only.
class Guard {
  public:
    /// \param config  nullptr: nothing is held
    /// \param removals  what the DELETEs of the batch say; must live longer
    /// \param something_is_held  entstream.held has rows of this source
    Guard(pqxx::transaction_base& transaction, SqlTemplates sql, const GuardConfig* config,
          const std::vector<RemovalTotals>* removals, bool something_is_held);

    /// After the step of the plan that decided what becomes of the entity's objects: takes removals out of it that are
    /// to be held, and cancels the holds of objects that are back.
    /// \param removals  how many the plan has
    /// \returns how many of them are held
    std::int64_t watch(Entity entity, std::int64_t removals);

    /// Whether anything is to be written (sql/write/held.sql).
    [[nodiscard]] bool has_news() const { return has_news_; }
    /// What an administrator should know: once per window and entity.
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    struct Steps;
    static const Steps& steps_of(Entity entity);

    std::int64_t hold(const Steps& steps);
    /// Of removals that are not too many for the source: those of institutions for which they are. \returns how many
    std::int64_t hold_institutions(const Steps& steps);
    void stage_causes();
    std::int64_t announced(Entity entity);

    pqxx::transaction_base& transaction_;
    SqlTemplates sql_;
    const GuardConfig* config_;
    const std::vector<RemovalTotals>* removals_;
    bool something_is_held_;
    bool causes_staged_ = false;
    std::optional<ObjectCounts> announced_;
    bool has_news_ = false;
    std::vector<std::string> warnings_;
};

}  // namespace entstream::consumer::merge
