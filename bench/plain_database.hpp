#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "tests/support/servers_info.hpp"

namespace entstream::bench {

/// What PostgreSQL takes by itself: libpq and nothing around it, because a limit is the database's and the wire's, not
/// a library's. Errors are std::runtime_error with the server's words. Not thread-safe.
class PlainDatabase {
  public:
    explicit PlainDatabase(const test::ServersInfo& servers);

    /// A statement that gives no rows.
    void execute(const std::string& sql);
    /// The rows of a query as COPY text.
    std::string copy_out(const std::string& query);
    /// The same, thrown away.
    void read_out(const std::string& query);
    /// \pre the text is of this table's columns, in their order
    void copy_in(const std::string& table, const std::string& text);
    /// COPY into a temporary table, INSERT ... SELECT into the table. \pre in a transaction
    void write(const std::string& table, const std::string& text);

  private:
    struct Finish {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };

    void copy_out(const std::string& query, const std::function<void(const char* line, std::size_t length)>& take);
    void expect(PGresult* result, ExecStatusType status, const std::string& sql);
    void finish_copy();
    [[noreturn]] void fail(const std::string& doing);

    std::unique_ptr<PGconn, Finish> connection_;
};

}  // namespace entstream::bench
