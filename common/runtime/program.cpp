#include "common/runtime/program.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <exception>

#include "common/config/config_error.hpp"
#include "common/kafka/error.hpp"
#include "common/log/log.hpp"
#include "common/runtime/end_bound.hpp"

namespace entstream::runtime {

namespace {

void log_error(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const config::ConfigError& failure) {
        for (const config::Problem& problem : failure.problems()) {
            spdlog::error("{}", problem.to_text());
        }
    } catch (const kafka::TopicRefused& failure) {
        for (const std::string& refusal : failure.refusals()) {
            spdlog::error("{}", refusal);
        }
    } catch (const std::exception& failure) {
        spdlog::error("{}", failure.what());
    } catch (...) {
        spdlog::error("unknown exception");
    }
}

}  // namespace

int run_program(const std::string& name, const std::function<ExitCode(const StopSignal&)>& body,
                const std::function<ExitCode(const std::exception_ptr&)>& classify) {
    log::set_up({}, name);
    // A server that closes its connection is an error of the call that writes, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
    int status = 0;
    try {
        const StopSignal stop;
        const EndBound bound(stop, EndBound::usual_patience);
        status = static_cast<int>(body(stop));
    } catch (...) {
        const auto error = std::current_exception();
        log_error(error);
        status = static_cast<int>(classify(error));
    }
    log::tell_all_left_out();
    return status;
}

}  // namespace entstream::runtime
