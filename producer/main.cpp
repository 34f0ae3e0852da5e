#include "common/runtime/program.hpp"
#include "producer/app/run.hpp"

int main(int argc, char** argv) {
    return entstream::runtime::run_program("entstream-producer", [&](const entstream::runtime::StopSignal& stop) {
        return entstream::producer::app::run(argc, argv, stop);
    });
}
