#include "bench/demo/demo.hpp"

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): only a lack of memory ends it so
    return entstream::demo::run(argc, argv);
}
