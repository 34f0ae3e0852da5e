#include "consumer/merge/erasure.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/transaction>

#include "consumer/merge/database.hpp"
#include "consumer/merge/failure.hpp"
#include "consumer/merge/migrate.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/time_limits.hpp"

namespace entstream::consumer::merge {
namespace {

using nlohmann::json;

/// A transaction about one entry.
class Erasure {
  public:
    Erasure(const ConsumerConfig& config, const Uuid& entry)
        : connection_(config.database),
          limits_(time_limits(connection_.get(), config.database.statement_timeout)),
          transaction_(connection_.get()),
          sql_(config.database.schema, config.database.prefix) {
        transaction_.exec0(limits_);
        check_schema_version(transaction_, config.database);
        sql_.set("uuid", "'" + entry.to_text() + "'::uuid");
    }

    ErasureLook look() {
        const json found = ask("erase/look");
        ErasureLook look;
        if (found["present"].get<bool>()) {
            look.obstacle =
                "this Moodle still has the entry as one of the directory: delete it there, and let entstream-consumer "
                "apply that";
        } else if (found["held"].get<bool>()) {
            look.obstacle = "removals of this entry are held: approve or reject them first";
        }
        look.account = id_of(found["account"]);
        look.cohort = id_of(found["cohort"]);
        return look;
    }

    std::map<std::string, std::int64_t> erase() {
        auto rows = ask("erase/entry").get<std::map<std::string, std::int64_t>>();
        transaction_.commit();
        return rows;
    }

  private:
    json ask(const char* query) { return json::parse(transaction_.exec1(sql_(query))[0].as<std::string>()); }

    static std::optional<std::int64_t> id_of(const json& value) {
        return value.is_null() ? std::nullopt : std::optional(value.get<std::int64_t>());
    }

    Connection connection_;
    std::string limits_;
    pqxx::work transaction_;
    SqlTemplates sql_;
};

}  // namespace

ErasureLook look_before_erasure(const ConsumerConfig& config, const Uuid& entry) {
    return Erasure(config, entry).look();
}

std::map<std::string, std::int64_t> erase(const ConsumerConfig& config, const Uuid& entry) {
    Erasure erasure(config, entry);
    if (const ErasureLook look = erasure.look(); !look.obstacle.empty()) {
        throw TargetError(look.obstacle);
    }
    return erasure.erase();
}

}  // namespace entstream::consumer::merge
