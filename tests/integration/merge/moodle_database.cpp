#include "tests/integration/merge/moodle_database.hpp"

#include <pqxx/nontransaction>
#include <pqxx/result>
#include <pqxx/transaction>

#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

#include "tests/support/process.hpp"
#include "tests/support/servers.hpp"

namespace entstream::test {
namespace {

const auto* const moodle_servers = Servers::install();

constexpr int exit_no_dump = 77;

consumer::DatabaseConfig place(const std::string& database) {
    consumer::DatabaseConfig config;
    config.host = moodle_servers->get("PGHOST");
    config.port = std::stoi(moodle_servers->get("PGPORT"));
    config.user = moodle_servers->get("PGUSER");
    config.password = moodle_servers->get("PGPASSWORD");
    config.name = database;
    return config;
}

std::string conninfo_of(const consumer::DatabaseConfig& config) {
    return "host=" + config.host + " port=" + std::to_string(config.port) + " user=" + config.user +
           " password=" + config.password + " dbname=" + config.name;
}

/// Outside of a transaction: CREATE and DROP DATABASE.
void administer(const std::string& statement) {
    pqxx::connection connection(conninfo_of(place("postgres")));
    pqxx::nontransaction(connection).exec(statement);
}

const std::optional<std::string>& template_of(MoodleKind kind);

/// Takes the tables away that entstream knows nothing of: each of them is several files of every copy.
void keep_tables_of(const std::string& pattern, const std::string& database) {
    constexpr const char* names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    std::set<std::string> kept;
    pqxx::connection known(conninfo_of(place(pattern)));
    for (const auto& row : pqxx::nontransaction(known).exec(names)) {
        kept.insert(row[0].as<std::string>());
    }
    pqxx::connection trimmed(conninfo_of(place(database)));
    pqxx::work transaction(trimmed);
    std::string unknown;
    for (const auto& row : transaction.exec(names)) {
        const auto name = row[0].as<std::string>();
        if (!kept.contains(name)) {
            unknown += (unknown.empty() ? "" : ", ") + transaction.quote_name(name);
        }
    }
    transaction.exec("DROP TABLE " + unknown);
    transaction.commit();
}

/// Loads a template. \returns its name; nullopt: this kind cannot be had here
std::optional<std::string> load_template(MoodleKind kind) {
    auto environment = moodle_servers->environment();
    if (kind == MoodleKind::complete) {
        environment.erase("PGDATABASE");
        const Exit restored =
            Process::run({source_path("schemas/moodle/restore_full.sh"), "moodle_complete"}, environment);
        if (restored.status == exit_no_dump) {
            return std::nullopt;
        }
        if (restored.status != 0) {
            throw std::runtime_error("restore_full.sh failed: " + restored.err);
        }
        keep_tables_of(template_of(MoodleKind::core_tables).value(), "moodle_complete");
        return "moodle_complete";
    }
    administer("CREATE DATABASE moodle_core_tables");
    environment["PGDATABASE"] = "moodle_core_tables";
    const Exit loaded = Process::run({source_path("schemas/moodle/load.sh")}, environment);
    if (loaded.status != 0) {
        throw std::runtime_error("load.sh failed: " + loaded.err);
    }
    return "moodle_core_tables";
}

const std::optional<std::string>& template_of(MoodleKind kind) {
    static std::map<MoodleKind, std::optional<std::string>> templates;
    const auto found = templates.find(kind);
    return found != templates.end() ? found->second : templates.emplace(kind, load_template(kind)).first->second;
}

}  // namespace

bool MoodleDatabase::available(MoodleKind kind) {
    return template_of(kind).has_value();
}

MoodleDatabase::MoodleDatabase(MoodleKind kind) {
    static std::atomic<int> count{0};
    const std::string name = "merge_test_" + std::to_string(++count);
    // Copied file by file it costs half of what it costs through the write-ahead log.
    administer("CREATE DATABASE " + name + " TEMPLATE " + template_of(kind).value() + " STRATEGY file_copy");
    config_.target = "moodle";
    config_.sources = {"rennes"};
    config_.database = place(name);
    config_.log_rows = consumer::LogRows::all;  // a first load is all that most tests need to see how it is logged
}

MoodleDatabase::~MoodleDatabase() {
    // FORCE also ends autovacuum, which only a superuser may end.
    as_superuser("DROP DATABASE " + config_.database.name + " WITH (FORCE)");
}

void MoodleDatabase::as_superuser(const std::string& statement) {
    consumer::DatabaseConfig superuser = place("postgres");
    superuser.user = "postgres";  // with the same password
    pqxx::connection connection(conninfo_of(superuser));
    pqxx::nontransaction(connection).exec(statement);
}

std::string MoodleDatabase::conninfo() const {
    return conninfo_of(config_.database);
}

void MoodleDatabase::map_all_fields() {
    for (auto& rule : config_.mapping.users.fields) {
        rule.emplace();
    }
}

std::string MoodleDatabase::sql(const std::string& statements) const {
    pqxx::connection connection(conninfo());
    pqxx::work transaction(connection);
    std::string text;
    for (const auto& row : transaction.exec(statements)) {
        text += row.rownumber() == 0 ? "" : "\n";
        for (const auto& field : row) {
            text += std::string(field.num() == 0 ? "" : "|") + field.c_str();
        }
    }
    transaction.commit();
    return text;
}

}  // namespace entstream::test
