#include "bench/entgen/uai.hpp"

#include <gtest/gtest.h>

#include <set>

#include "bench/entgen/region.hpp"

namespace entstream::entgen {
namespace {

TEST(Uai, CheckLetterOfPublicExamples) {
    EXPECT_EQ(uai_check_letter(750655), 'E');  // lycée Louis-le-Grand, 0750655E
    EXPECT_EQ(uai_check_letter(750654), 'D');  // lycée Henri-IV, 0750654D
    EXPECT_EQ(uai_check_letter(290009), 'C');  // 0290009C
}

TEST(Uai, EverySchoolHasItsOwnWellFormedCode) {
    std::set<std::string> codes;
    for (int index = 0; index < max_schools; ++index) {
        const std::string code = uai_of_school(index);
        ASSERT_EQ(code.size(), 8U) << code;
        ASSERT_EQ(code.back(), uai_check_letter(std::stoi(code.substr(0, 7)))) << code;
        ASSERT_TRUE(codes.insert(code).second) << code << " twice";
    }
}

}  // namespace
}  // namespace entstream::entgen
