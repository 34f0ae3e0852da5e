#include "bench/plain_database.hpp"

#include <algorithm>
#include <stdexcept>

namespace entstream::bench {

PlainDatabase::PlainDatabase(const test::ServersInfo& servers) : connection_(PQconnectdb(servers.conninfo().c_str())) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
        fail("connect");
    }
    execute("SET client_min_messages = warning");
}

void PlainDatabase::execute(const std::string& sql) {
    expect(PQexec(connection_.get(), sql.c_str()), PGRES_COMMAND_OK, sql);
}

std::string PlainDatabase::copy_out(const std::string& query) {
    std::string text;
    copy_out(query, [&text](const char* line, std::size_t length) { text.append(line, length); });
    return text;
}

void PlainDatabase::read_out(const std::string& query) {
    copy_out(query, [](const char* /*line*/, std::size_t /*length*/) {});
}

void PlainDatabase::copy_out(const std::string& query, const std::function<void(const char*, std::size_t)>& take) {
    const std::string sql = "COPY (" + query + ") TO STDOUT";
    expect(PQexec(connection_.get(), sql.c_str()), PGRES_COPY_OUT, sql);
    char* line = nullptr;
    for (int length = 0; (length = PQgetCopyData(connection_.get(), &line, 0)) > 0; PQfreemem(line)) {
        take(line, static_cast<std::size_t>(length));
    }
    finish_copy();
}

void PlainDatabase::copy_in(const std::string& table, const std::string& text) {
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

void PlainDatabase::write(const std::string& table, const std::string& text) {
    execute("CREATE TEMP TABLE stage (LIKE " + table + ") ON COMMIT DROP");
    copy_in("stage", text);
    execute("INSERT INTO " + table + " OVERRIDING SYSTEM VALUE SELECT * FROM stage");
    execute("DROP TABLE stage");
}

void PlainDatabase::expect(PGresult* result, ExecStatusType status, const std::string& sql) {
    const ExecStatusType found = PQresultStatus(result);
    PQclear(result);
    if (found != status) {
        fail(sql);
    }
}

void PlainDatabase::finish_copy() {
    while (PGresult* result = PQgetResult(connection_.get())) {
        expect(result, PGRES_COMMAND_OK, "the end of COPY");
    }
}

void PlainDatabase::fail(const std::string& doing) {
    throw std::runtime_error(doing + ": " + PQerrorMessage(connection_.get()));
}

}  // namespace entstream::bench
