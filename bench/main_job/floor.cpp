#include "bench/main_job/floor.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <stdexcept>

namespace entstream::bench {

namespace {

constexpr const char* which_users = "SELECT * FROM mdl_user WHERE auth = 'ldap'";
constexpr const char* which_contexts =
    "SELECT x.* FROM mdl_context x JOIN mdl_user u ON x.contextlevel = 30 AND x.instanceid = u.id WHERE u.auth = "
    "'ldap'";
constexpr const char* which_log =
    R"(SELECT * FROM mdl_logstore_standard_log WHERE eventname = '\core\event\user_created')";

/// libpq itself, because the floor is the database's and the wire's, not a library's.
class Database {
  public:
    explicit Database(const test::ServersInfo& servers) : connection_(PQconnectdb(servers.conninfo().c_str())) {
        if (PQstatus(connection_.get()) != CONNECTION_OK) {
            fail("connect");
        }
    }

    void execute(const std::string& sql) { expect(PQexec(connection_.get(), sql.c_str()), PGRES_COMMAND_OK, sql); }

    std::string copy_out(const std::string& query) {
        const std::string sql = "COPY (" + query + ") TO STDOUT";
        expect(PQexec(connection_.get(), sql.c_str()), PGRES_COPY_OUT, sql);
        std::string text;
        char* line = nullptr;
        for (int length = 0; (length = PQgetCopyData(connection_.get(), &line, 0)) > 0; PQfreemem(line)) {
            text.append(line, static_cast<std::size_t>(length));
        }
        finish_copy();
        return text;
    }

    void copy_in(const std::string& table, const std::string& text) {
        const std::string sql = "COPY " + table + " FROM STDIN";
        expect(PQexec(connection_.get(), sql.c_str()), PGRES_COPY_IN, sql);
        constexpr std::size_t piece = 1U << 20U;
        for (std::size_t at = 0; at < text.size(); at += piece) {
            const std::size_t length = std::min(piece, text.size() - at);
            if (PQputCopyData(connection_.get(), text.data() + at, static_cast<int>(length)) != 1) {
                fail(sql);
            }
        }
        if (PQputCopyEnd(connection_.get(), nullptr) != 1) {
            fail(sql);
        }
        finish_copy();
    }

  private:
    struct Finish {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };

    void expect(PGresult* result, ExecStatusType status, const std::string& sql) {
        const ExecStatusType found = PQresultStatus(result);
        PQclear(result);
        if (found != status) {
            fail(sql);
        }
    }
    void finish_copy() {
        while (PGresult* result = PQgetResult(connection_.get())) {
            expect(result, PGRES_COMMAND_OK, "the end of COPY");
        }
    }
    [[noreturn]] void fail(const std::string& doing) {
        throw std::runtime_error(doing + ": " + PQerrorMessage(connection_.get()));
    }

    std::unique_ptr<PGconn, Finish> connection_;
};

}  // namespace

MoodleRows export_rows(const test::ServersInfo& servers) {
    Database database(servers);
    return {.users = database.copy_out(which_users),
            .contexts = database.copy_out(which_contexts),
            .log = database.copy_out(which_log)};
}

double write_rows(const test::ServersInfo& servers, const MoodleRows& rows) {
    Database database(servers);
    database.execute("SET client_min_messages = warning");
    const auto start = std::chrono::steady_clock::now();
    database.execute("BEGIN");
    const auto write = [&](const std::string& table, const std::string& text) {
        const std::string stage = "stage_" + table;
        database.execute("CREATE TEMP TABLE " + stage + " (LIKE " + table + ") ON COMMIT DROP");
        database.copy_in(stage, text);
        database.execute("INSERT INTO " + table + " SELECT * FROM " + stage);
    };
    write("mdl_user", rows.users);
    write("mdl_context", rows.contexts);
    write("mdl_logstore_standard_log", rows.log);
    database.execute("COMMIT");
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace entstream::bench
