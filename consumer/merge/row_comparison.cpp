#include "consumer/merge/row_comparison.hpp"

#include <fmt/format.h>
#include <pqxx/row>
#include <pqxx/transaction>
#include <spdlog/spdlog.h>

#include <exception>
#include <stdexcept>
#include <utility>

#include "consumer/merge/database.hpp"
#include "consumer/merge/read_rows.hpp"

namespace entstream::consumer::merge {
namespace {

Uuid required_uuid(const pqxx::field& field) {
    const auto uuid = Uuid::from_text(field.as<std::string>());
    if (!uuid) {
        throw std::logic_error("the database gave no UUID");
    }
    return *uuid;
}

}  // namespace

DifferingRows compare_rows(pqxx::transaction_base& transaction, SqlTemplates sql, const ReplayScope& scope,
                           bool enrols) {
    const auto linked = [&sql](const char* column, const char* kind, const Uuid& uuid) {
        return fmt::format(
            "{} = (SELECT moodle_id FROM entstream.link WHERE uuid = '{}' AND kind = '{}' AND source = {})", column,
            uuid.to_text(), kind, sql.value("source"));
    };
    sql.set("again_cohorts", scope.compares_members() ? "true" : "false");
    sql.set("again_roles", scope.compares_roles() ? "true" : "false");
    sql.set("only_parent", only("cohort.uuid", scope.cohort));
    sql.set("only_member", only("account.uuid", scope.person));
    sql.set("only_present", scope.person   ? linked("userid", "user", *scope.person)
                            : scope.cohort ? linked("cohortid", "cohort", *scope.cohort)
                                           : std::string("true"));
    DifferingRows differing;
    read_rows(transaction, sql("plan/rows_differing"), [&](const pqxx::row& row) {
        differing.pairs.push_back({.of_role = row["parent_kind"].as<std::string>() == "role",
                                   .parent = required_uuid(row["parent"]),
                                   .member = required_uuid(row["member"])});
    });
    const auto add_triple = [&](const pqxx::row& row) {
        differing.triples.push_back({.role_id = row["role_id"].as<std::int64_t>(),
                                     .context_id = row["context_id"].as<std::int64_t>(),
                                     .user_id = row["user_id"].as<std::int64_t>(),
                                     .user = required_uuid(row["user_uuid"])});
    };
    read_rows(transaction, sql("plan/roles_ungiven"), add_triple);
    if (enrols && scope.compares_roles()) {
        sql.set("lacking", "(enrolment.id IS NULL OR enrolment.status = 1 AND known.user_id IS NOT NULL)");
        read_rows(transaction, "SELECT * FROM " + sql("plan/enrolments_lacking") + " AS assignment", add_triple);
    }
    return differing;
}

/// While it lives, cancel() reaches the connection.
class RowComparison::InUse {
  public:
    InUse(RowComparison& comparison, pqxx::connection& connection) : comparison_(comparison) {
        const std::lock_guard lock(comparison_.mutex_);
        if (comparison_.cancelled_) {
            throw std::runtime_error("told to stop");
        }
        comparison_.connection_ = &connection;
    }
    ~InUse() {
        const std::lock_guard lock(comparison_.mutex_);
        comparison_.connection_ = nullptr;
    }
    InUse(const InUse&) = delete;
    InUse& operator=(const InUse&) = delete;

  private:
    RowComparison& comparison_;
};

RowComparison::RowComparison(const ConsumerConfig& config, SqlTemplates sql, ReplayScope scope, Options options)
    : running_(
          std::async(std::launch::async, [this, &config, sql = std::move(sql), scope, options = std::move(options)] {
              return compare(config, sql, scope, options);
          })) {}

RowComparison::~RowComparison() {
    cancel();
}

DifferingRows RowComparison::compare(const ConsumerConfig& config, const SqlTemplates& sql, const ReplayScope& scope,
                                     const Options& options) {
    bool has_accounts = false;
    try {
        Connection connection(config.database);
        const InUse in_use(*this, connection.get());
        pqxx::work transaction(connection.get());
        transaction.exec0(options.limits + "SET TRANSACTION READ ONLY");
        SettledAccounts accounts;
        if (options.settled_accounts) {
            accounts = read_settled_accounts(transaction, sql, config.mapping.users, options.lists_languages);
        }
        has_accounts = true;
        accounts_.set_value(std::move(accounts));
        return compare_rows(transaction, sql, scope, !config.mapping.roles.enrol.empty());
    } catch (...) {
        if (!has_accounts) {
            accounts_.set_exception(std::current_exception());
        }
        throw;
    }
}

void RowComparison::cancel() noexcept {
    try {
        const std::lock_guard lock(mutex_);
        cancelled_ = true;
        if (connection_ != nullptr) {
            connection_->cancel_query();
        }
    } catch (const std::exception& failure) {
        spdlog::debug("a statement cannot be cancelled: {}", failure.what());
    }
}

}  // namespace entstream::consumer::merge
