#include "bench/demo/demo.hpp"

int main(int argc, char** argv) {
    return entstream::demo::run(argc, argv);
}
