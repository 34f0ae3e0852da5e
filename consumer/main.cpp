#include "common/runtime/program.hpp"
#include "consumer/app/exit_codes.hpp"
#include "consumer/app/run.hpp"

int main(int argc, char** argv) {
    using namespace entstream;
    return runtime::run_program(
        "entstream-consumer", [&](const runtime::StopSignal& stop) { return consumer::app::run(argc, argv, stop); },
        consumer::app::exit_code_of);
}
