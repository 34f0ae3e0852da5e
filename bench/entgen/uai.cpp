#include "bench/entgen/uai.hpp"

#include <array>
#include <string_view>

namespace entstream::entgen {

char uai_check_letter(int digits) {
    constexpr std::string_view alphabet = "ABCDEFGHJKLMNPRSTUVWXYZ";
    return alphabet[static_cast<std::size_t>(digits) % alphabet.size()];
}

std::string uai_of_school(int school_index) {
    constexpr std::array departments{35, 22, 29, 56};
    constexpr int first_number = 9000;  // high numbers first: real schools have low ones
    constexpr int numbers = 9999;
    const int round = school_index / static_cast<int>(departments.size());
    const int department = departments.at(static_cast<std::size_t>(school_index) % departments.size());
    const int digits = department * 10000 + (first_number + round) % numbers + 1;

    std::string text = std::to_string(digits);
    text.insert(0, 7 - text.size(), '0');
    return text + uai_check_letter(digits);
}

}  // namespace entstream::entgen
