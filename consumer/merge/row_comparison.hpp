#pragma once

#include <pqxx/connection>
#include <pqxx/transaction_base>

#include <cstdint>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "common/model/uuid.hpp"
#include "consumer/consumer_config.hpp"
#include "consumer/merge/replay_scope.hpp"
#include "consumer/merge/settled_accounts.hpp"
#include "consumer/merge/sql_templates.hpp"

namespace entstream::consumer::merge {

/// Rows of Moodle that are not as entstream's tables say: what a forced replay has to look at again, beside the
/// records. Nothing is decided by it: the plan finds anew what becomes of each.
struct DifferingRows {
    struct Pair {
        bool of_role{};
        Uuid parent;  ///< group or role object
        Uuid member;
    };
    /// A role assignment that no role object gives, or that one gives and that lacks its enrolment.
    struct Triple {
        std::int64_t role_id{};
        std::int64_t context_id{};
        std::int64_t user_id{};
        Uuid user;
    };
    std::vector<Pair> pairs;
    std::vector<Triple> triples;
};

/// Compares the rows of the scope; reads only.
/// \param sql  with the values of the source set
/// \param enrols  enrolments go with role assignments (RoleMapping::enrol)
DifferingRows compare_rows(pqxx::transaction_base& transaction, SqlTemplates sql, const ReplayScope& scope,
                           bool enrols);

/// The same on a connection and a thread of its own, in a read-only transaction, while its owner reads the log: neither
/// needs the other. Before, it reads the accounts that need no plan, where they are asked for. It sees the database a
/// little earlier than the plan does: what changes in between is found by the next run.
class RowComparison {
  public:
    /// What else than the scope is asked for.
    struct Options {
        std::string limits;  ///< statements at the begin of its transaction
        bool settled_accounts{};
        bool lists_languages{};  ///< the site has a list of them
    };

    /// Begins. \param config  must live longer
    RowComparison(const ConsumerConfig& config, SqlTemplates sql, ReplayScope scope, Options options);
    /// Ends what is still running.
    ~RowComparison();
    RowComparison(const RowComparison&) = delete;
    RowComparison& operator=(const RowComparison&) = delete;

    /// Waits for the accounts; nobody where they are not asked for. \throws what the comparison threw before it had
    /// them \pre called once
    SettledAccounts settled_accounts() { return accounts_.get_future().get(); }
    /// Waits for the end. \throws what the comparison threw \pre called once
    DifferingRows rows() { return running_.get(); }
    /// For another thread; rows() throws then.
    void cancel() noexcept;

  private:
    class InUse;

    DifferingRows compare(const ConsumerConfig& config, const SqlTemplates& sql, const ReplayScope& scope,
                          const Options& options);

    std::mutex mutex_;
    pqxx::connection* connection_ = nullptr;  ///< while it is in use
    bool cancelled_ = false;
    std::promise<SettledAccounts> accounts_;
    std::future<DifferingRows> running_;  ///< last: it uses the others
};

}  // namespace entstream::consumer::merge
