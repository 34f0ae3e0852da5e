#include "common/runtime/program.hpp"
#include "consumer/app/exit_codes.hpp"
#include "replay/run.hpp"

int main(int argc, char** argv) {
    using namespace entstream;
    return runtime::run_program(
        "entstream-replay", [&](const runtime::StopSignal& stop) { return replay::run(argc, argv, stop); },
        consumer::app::exit_code_of);
}
