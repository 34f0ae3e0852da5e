#include "consumer/app/exit_codes.hpp"

#include <pqxx/except>

#include "consumer/merge/failure.hpp"
#include "consumer/read/rejection.hpp"

namespace entstream::consumer::app {

using runtime::ExitCode;

namespace {

/// SQLSTATE classes of the PostgreSQL documentation, appendix A.
ExitCode of_database(const pqxx::sql_error& error) {
    const std::string& state = error.sqlstate();
    if (state == "42501" || state.starts_with("28")) {
        return ExitCode::permission;
    }
    return merge::classify(std::current_exception()) == merge::Failure::transient ? ExitCode::unavailable
                                                                                  : ExitCode::internal;
}

}  // namespace

ExitCode exit_code_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const read::LogRefused&) {
        return ExitCode::bad_data;
    } catch (const read::MappingRefused&) {
        return ExitCode::config;
    } catch (const merge::AccessRefused&) {
        return ExitCode::permission;
    } catch (const merge::TargetDiverged&) {
        return ExitCode::bad_data;
    } catch (const merge::TargetError&) {
        return ExitCode::config;
    } catch (const merge::Fenced&) {
        return ExitCode::temporary;
    } catch (const merge::Unreachable&) {
        return ExitCode::unavailable;
    } catch (const merge::Paused&) {
        return ExitCode::unavailable;
    } catch (const pqxx::sql_error& failure) {
        return of_database(failure);
    } catch (const pqxx::broken_connection&) {
        return ExitCode::unavailable;
    } catch (...) {
        return runtime::exit_code_of(error);
    }
}

}  // namespace entstream::consumer::app
