#include "producer/app/ask.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "common/requests/ask.hpp"
#include "producer/control/request.hpp"

namespace entstream::producer::app {

runtime::ExitCode ask(const ProducerConfig& config, const std::vector<std::string>& words,
                      const runtime::StopSignal& stop) {
    v1::ControlRequest request = requests::from_words(words, "--ask");
    constexpr const char* any_id = "any";
    request.set_request_id(any_id);
    if (const auto refusal = control::check(request, any_id, config)) {
        throw runtime::ProgramError(runtime::ExitCode::usage,
                                    "--ask: " + refusal->reason + "; remedy: " + refusal->remedy);
    }
    const auto print = [](const v1::ControlAnswer& answer) {
        fmt::print("{}\n", requests::describe(answer));
        static_cast<void>(std::fflush(stdout));
    };
    return requests::exit_code_of(requests::ask(config.kafka, config.source, std::move(request), stop, print));
}

}  // namespace entstream::producer::app
