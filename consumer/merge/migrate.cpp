#include "consumer/merge/migrate.hpp"

#include <pqxx/except>
#include <pqxx/result>
#include <spdlog/spdlog.h>

#include <span>
#include <string>

#include "consumer/merge/database.hpp"
#include "consumer/merge/embedded_sql.hpp"
#include "consumer/merge/failure.hpp"

namespace entstream::consumer::merge {
namespace {

/// Key of the advisory lock: "entstrea" in ASCII.
constexpr const char* migration_lock = "SELECT pg_advisory_xact_lock(x'656e747374726561'::bigint)";

std::string property(pqxx::transaction_base& transaction, const std::string& name) {
    const pqxx::result found =
        transaction.exec("SELECT value FROM entstream.property WHERE name = " + transaction.quote(name));
    return found.empty() ? std::string{} : found[0][0].as<std::string>();
}

void set_property(pqxx::transaction_base& transaction, const std::string& name, const std::string& value) {
    transaction.exec("INSERT INTO entstream.property (name, value) VALUES (" + transaction.quote(name) + ", " +
                     transaction.quote(value) + ") ON CONFLICT (name) DO UPDATE SET value = excluded.value");
}

bool exists(pqxx::transaction_base& transaction, const std::string& catalogue_function, const std::string& name) {
    return !transaction.exec("SELECT " + catalogue_function + "(" + transaction.quote(name) + ")")[0][0].is_null();
}

void create_schema(pqxx::transaction_base& transaction, const DatabaseConfig& config) {
    try {
        transaction.exec("CREATE SCHEMA entstream");
    } catch (const pqxx::insufficient_privilege&) {
        throw TargetError("user '" + config.user + "' may not create the schema 'entstream' in " + describe(config) +
                          "; run as the owner of the database: CREATE SCHEMA entstream AUTHORIZATION \"" + config.user +
                          "\"");
    }
}

void check_moodle_of_schema(pqxx::transaction_base& transaction, const DatabaseConfig& config) {
    const std::string moodle = config.schema + "." + config.prefix;
    if (const std::string other = property(transaction, "moodle"); other != moodle) {
        throw TargetError("the schema 'entstream' in " + describe(config) + " belongs to the Moodle '" + other +
                          "*' of the same database, not to '" + moodle +
                          "*'; entstream serves one Moodle per database: check database.schema and "
                          "database.prefix");
    }
}

}  // namespace

bool migrate(pqxx::transaction_base& transaction, const DatabaseConfig& config, Migration migration) {
    const std::span<const EmbeddedText> migrations = entstream_migrations();
    const std::string moodle = config.schema + "." + config.prefix;
    if (migration == Migration::to_stay) {
        transaction.exec(migration_lock);
    }
    if (!exists(transaction, "to_regnamespace", "entstream")) {
        create_schema(transaction, config);
    }
    std::size_t version = 0;
    if (exists(transaction, "to_regclass", "entstream.property")) {
        version = std::stoul(property(transaction, "schema_version"));
        check_moodle_of_schema(transaction, config);
    }
    if (version > migrations.size()) {
        throw TargetError("the schema 'entstream' in " + describe(config) + " has version " + std::to_string(version) +
                          ", this program knows versions up to " + std::to_string(migrations.size()) +
                          ": install a newer entstream");
    }
    if (version == migrations.size()) {
        return false;
    }
    for (const EmbeddedText& step : migrations.subspan(version)) {
        transaction.exec(std::string(step.text));
        if (migration == Migration::to_stay) {
            spdlog::info("schema 'entstream' in {}: applied {}", describe(config), step.name);
        }
    }
    set_property(transaction, "schema_version", std::to_string(migrations.size()));
    set_property(transaction, "moodle", moodle);
    return true;
}

void check_schema_version(pqxx::transaction_base& transaction, const DatabaseConfig& config) {
    const bool is_there = exists(transaction, "to_regclass", "entstream.property");
    if (is_there) {
        check_moodle_of_schema(transaction, config);
    }
    const std::string version = is_there ? property(transaction, "schema_version") : "none";
    if (const std::string ours = std::to_string(entstream_migrations().size()); version != ours) {
        throw TargetError("the schema 'entstream' in " + describe(config) + " has version " + version +
                          ", this program needs version " + ours +
                          ": use the program that serves this Moodle, or let this one serve it first");
    }
}

}  // namespace entstream::consumer::merge
