#include "consumer/merge/object_lookup.hpp"

#include <nlohmann/json.hpp>
#include <pqxx/result>
#include <pqxx/transaction>

#include <algorithm>
#include <utility>

#include "consumer/map/text.hpp"
#include "consumer/merge/database.hpp"
#include "consumer/merge/moodle_check.hpp"
#include "consumer/merge/sql_templates.hpp"
#include "consumer/merge/time_limits.hpp"

namespace entstream::consumer::merge {

namespace {

/// One question, as of one moment.
class Question {
  public:
    explicit Question(const ConsumerConfig& config)
        : connection_(config.database),
          limits_(time_limits(connection_.get(), config.database.statement_timeout)),
          transaction_(connection_.get()),
          sql_(config.database.schema, config.database.prefix) {
        transaction_.exec0(limits_);
        find_moodle(transaction_, sql_, config.database);
        std::string sources;
        for (const std::string& source : config.sources) {
            sources += (sources.empty() ? "" : ", ") + transaction_.quote(source);
        }
        sql_.set("sources", "ARRAY[" + sources + "]::text[]");
        sql_.set("component", transaction_.quote(config.component));
        sql_.set("enrolled", config.mapping.roles.enrol.empty() ? "SELECT true WHERE false" : sql_("replay/enrolled"));
    }

    bool has_schema() { return !transaction_.exec1("SELECT to_regclass('entstream.role_object')")[0].is_null(); }

    std::vector<KnownObject> named(const std::string& file, const std::string& kind, const std::string& name) {
        std::vector<KnownObject> objects;
        if (!has_schema()) {
            return objects;
        }
        constexpr std::size_t most_digits = 18;
        const bool is_number = !name.empty() && name.size() <= most_digits &&
                               std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
        sql_.set("name", transaction_.quote(name));
        sql_.set("lower", transaction_.quote(map::with_case(name, map::LetterCase::lower)));
        sql_.set("number", is_number ? name : "NULL::bigint");
        int place = 0;
        for (const auto& row : transaction_.exec(sql_(file))) {
            if (!objects.empty() && row["place"].as<int>() != place) {
                break;  // a surer name was found
            }
            place = row["place"].as<int>();
            KnownObject object{
                .kind = kind, .source = {}, .uuid = {}, .moodle_id = row["id"].as<std::int64_t>(), .version = {}};
            if (!row["uuid"].is_null()) {
                object.source = row["source"].as<std::string>();
                object.uuid = Uuid::from_text(row["uuid"].as<std::string>());
                object.version = row["version"].as<Offset>();
            }
            objects.push_back(object);
        }
        return objects;
    }

    std::vector<KnownObject> entry(const Uuid& uuid) {
        std::vector<KnownObject> objects;
        if (!has_schema()) {
            return objects;
        }
        sql_.set("uuid", "'" + uuid.to_text() + "'::uuid");
        for (const auto& row : transaction_.exec(sql_("replay/entry"))) {
            objects.push_back({.kind = row["kind"].as<std::string>(),
                               .source = row["source"].as<std::string>(),
                               .uuid = uuid,
                               .moodle_id = row["moodle_id"].as<std::int64_t>(),
                               .version = row["version"].as<Offset>()});
        }
        return objects;
    }

    std::vector<std::string> why_left(const std::string& source, Offset log_end,
                                      const std::vector<PlannedObject>& objects) {
        ask_of(source, objects);
        sql_.set("log_end", std::to_string(log_end));
        std::vector<std::string> reasons;
        for (const auto& row : transaction_.exec(sql_("replay/moved"))) {
            reasons.push_back(row["why"].as<std::string>());
        }
        return reasons;
    }

    std::vector<RecordOfObject> records(const std::string& source, const std::vector<PlannedObject>& objects) {
        ask_of(source, objects);
        std::vector<RecordOfObject> records;
        for (const auto& row : transaction_.exec(sql_("replay/records"))) {
            RecordOfObject record{
                .version = {}, .parent = row["parent"].as(std::string()), .reason = row["reason"].as<std::string>()};
            if (!row["version"].is_null()) {
                record.version = row["version"].as<Offset>();
            }
            records.push_back(std::move(record));
        }
        return records;
    }

    std::vector<KnownObject> roles(const RoleDelta& role) {
        std::vector<KnownObject> objects;
        if (!has_schema()) {
            return objects;
        }
        sql_.set("role", transaction_.quote(role.role));
        sql_.set("level", std::to_string(static_cast<int>(role.level)));
        sql_.set("key", transaction_.quote(role.context_key));
        sql_.set("identifier", transaction_.quote(role.context_identifier));
        for (const auto& row : transaction_.exec(sql_("replay/role"))) {
            objects.push_back({.kind = "role",
                               .source = row["source"].as<std::string>(),
                               .uuid = Uuid::from_text(row["uuid"].as<std::string>()),
                               .moodle_id = 0,
                               .version = row["version"].as<Offset>()});
        }
        return objects;
    }

  private:
    /// Sets what the question is about.
    void ask_of(const std::string& source, const std::vector<PlannedObject>& objects) {
        nlohmann::json asked = nlohmann::json::array();
        for (const PlannedObject& object : objects) {
            nlohmann::json one = {
                {"place", asked.size()}, {"entity", object.entity}, {"action", object.action}, {"uuid", object.uuid}};
            if (!object.parent.empty()) {
                one["parent"] = object.parent;
            }
            if (object.entity == "role_assignment") {
                one["role_id"] = object.role_id;
            }
            if (object.entity == "role_assignment" || object.entity == "enrolment") {
                one["context_id"] = object.context_id;
            }
            asked.push_back(one);
        }
        sql_.set("objects", transaction_.quote(asked.dump()));
        sql_.set("source", transaction_.quote(source));
    }

    Connection connection_;
    std::string limits_;
    pqxx::transaction<pqxx::repeatable_read, pqxx::read_only> transaction_;
    SqlTemplates sql_;
};

}  // namespace

std::vector<KnownObject> ObjectLookup::persons(const std::string& name) const {
    return Question(config_).named("replay/person", "user", name);
}

std::vector<KnownObject> ObjectLookup::cohorts(const std::string& name) const {
    return Question(config_).named("replay/cohort", "cohort", name);
}

std::vector<KnownObject> ObjectLookup::roles(const RoleDelta& role) const {
    return Question(config_).roles(role);
}

std::vector<std::string> ObjectLookup::why_left(const std::string& source, Offset log_end,
                                                const std::vector<PlannedObject>& objects) const {
    return Question(config_).why_left(source, log_end, objects);
}

std::vector<RecordOfObject> ObjectLookup::records(const std::string& source,
                                                  const std::vector<PlannedObject>& objects) const {
    return Question(config_).records(source, objects);
}

std::vector<KnownObject> ObjectLookup::entry(const Uuid& uuid) const {
    return Question(config_).entry(uuid);
}

}  // namespace entstream::consumer::merge
