// The program entgen, where it refuses.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace entstream::entgen {
namespace {

TEST(EntgenProgram, ARefusalLeavesTheOutputAsItWas) {
    const test::TempDir dir;
    const auto file = dir.write("out", "precious");
    const std::string program = test::program_path("entgen").string();
    for (const std::vector<std::string>& wrong :
         {std::vector<std::string>{"--moodle-sql", "--prefix", "MDL-"}, {"--base", "not a DN"}}) {
        std::vector<std::string> command{program, "--output", file.string()};
        command.insert(command.end(), wrong.begin(), wrong.end());
        const test::Exit exit = test::Process::run(command);
        EXPECT_EQ(exit.status, 2) << exit.err;
        std::ifstream in(file);
        EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "precious") << wrong.front();
    }
}

}  // namespace
}  // namespace entstream::entgen
