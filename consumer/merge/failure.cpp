#include "consumer/merge/failure.hpp"

#include <pqxx/except>

#include <string_view>

namespace entstream::consumer::merge {
namespace {

/// By SQLSTATE class (PostgreSQL documentation, appendix A).
Failure classify_sqlstate(std::string_view state) {
    if (state.empty()) {
        return Failure::transient;  // made by the client library: the connection broke in mid-statement
    }
    if (state == "55P03" ||  // lock_not_available: lock_timeout
        state == "25006" ||  // read_only_sql_transaction: a fail-over is going on
        state == "25P03") {  // idle_in_transaction_session_timeout: this process stood still
        return Failure::transient;
    }
    const std::string_view group = state.substr(0, 2);
    if (group == "08" || group == "40" || group == "53" || group == "57") {
        return Failure::transient;  // connection, rollback (deadlock), resources, operator intervention (shutdown)
    }
    if (group == "22" || group == "23" || group == "54" || group == "P0") {
        return Failure::permanent;  // data, constraint, limit of the server, exception raised by a trigger
    }
    return Failure::fatal;
}

}  // namespace

Failure classify(const std::exception_ptr& error) noexcept {
    if (!error) {
        return Failure::fatal;
    }
    try {
        std::rethrow_exception(error);
    } catch (const Unreachable&) {
        return Failure::transient;
    } catch (const Paused&) {
        return Failure::transient;
    } catch (const Fenced&) {
        return Failure::fenced;
    } catch (const TargetError&) {
        return Failure::fatal;
    } catch (const pqxx::in_doubt_error&) {
        return Failure::in_doubt;
    } catch (const pqxx::sql_error& failed) {
        return classify_sqlstate(failed.sqlstate());
    } catch (const pqxx::failure&) {
        return Failure::transient;  // broken connection, rollback by the server
    } catch (...) {
        return Failure::fatal;
    }
}

std::string words_without_values(const std::exception& error) {
    const auto* const refused = dynamic_cast<const pqxx::sql_error*>(&error);
    if (refused != nullptr && classify_sqlstate(refused->sqlstate()) == Failure::permanent) {
        return "the database refuses it: SQLSTATE " + refused->sqlstate();
    }
    return error.what();
}

}  // namespace entstream::consumer::merge
