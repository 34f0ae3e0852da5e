#include "consumer/merge/refused_records.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pqxx/binarystring>
#include <pqxx/result>

#include <utility>

#include "common/model/topics.hpp"

namespace entstream::consumer::merge {
namespace {

/// Keys and versions, as arrays of SQL.
class Versions {
  public:
    void add(std::string key, Offset version) {
        keys_.push_back("'" + std::move(key) + "'");  // of our own making: letters, digits, / and -
        versions_.push_back(version);
    }
    [[nodiscard]] std::string keys() const { return fmt::format("ARRAY[{}]::text[]", fmt::join(keys_, ",")); }
    [[nodiscard]] std::string versions() const { return fmt::format("ARRAY[{}]::bigint[]", fmt::join(versions_, ",")); }

  private:
    std::vector<std::string> keys_;
    std::vector<Offset> versions_;
};

}  // namespace

void store_refused(pqxx::transaction_base& transaction, SqlTemplates sql, const RefusedRecord& record) {
    sql.set("key", transaction.quote(record.key));
    sql.set("value", transaction.quote_raw(record.value));
    sql.set("version", std::to_string(record.version));
    sql.set("reason", transaction.quote(record.reason));
    transaction.exec(sql("write/refused_store"));
}

void supersede_refused(pqxx::transaction_base& transaction, SqlTemplates sql, const Batch& batch) {
    Versions newer;
    Versions gone;
    for (const UserDelta& user : batch.users) {
        newer.add(user_key(user.uuid), user.version);
    }
    for (const CohortDelta& cohort : batch.cohorts) {
        newer.add(group_key(cohort.uuid), cohort.version);
        if (cohort.deleted) {
            gone.add(cohort.uuid.to_text(), cohort.version);
        }
    }
    for (const RoleDelta& role : batch.roles) {
        newer.add(role_key(role.uuid), role.version);
        if (role.deleted) {
            gone.add(role.uuid.to_text(), role.version);
        }
    }
    for (const MemberDelta& member : batch.members) {
        newer.add(member_key(member.parent, member.value), member.version);
    }
    sql.set("keys", newer.keys());
    sql.set("versions", newer.versions());
    sql.set("parents", gone.keys());
    sql.set("parent_versions", gone.versions());
    transaction.exec(sql("write/refused_superseded"));
}

std::vector<RefusedRecord> read_refused(pqxx::transaction_base& transaction, SqlTemplates sql, const std::string& after,
                                        int most) {
    sql.set("after", transaction.quote(after));
    sql.set("portion", std::to_string(most));
    std::vector<RefusedRecord> records;
    for (const auto& row : transaction.exec(sql("write/refused_read"))) {
        records.push_back({.key = row["key"].as<std::string>(),
                           .value = pqxx::binarystring(row["value"]).str(),
                           .version = row["version"].as<Offset>(),
                           .reason = row["reason"].as<std::string>()});
    }
    return records;
}

void forget_refused(pqxx::transaction_base& transaction, SqlTemplates sql, const std::vector<RefusedRecord>& records) {
    Versions done;
    for (const RefusedRecord& record : records) {
        done.add(record.key, record.version);
    }
    sql.set("keys", done.keys());
    sql.set("versions", done.versions());
    transaction.exec(sql("write/refused_forget"));
}

}  // namespace entstream::consumer::merge
