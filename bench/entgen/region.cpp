#include "bench/entgen/region.hpp"

#include <stdexcept>
#include <string_view>

#include "bench/entgen/random.hpp"

namespace entstream::entgen {

namespace {

constexpr int uid_digits = 5;
constexpr std::uint64_t uid_values = 36ULL * 36 * 36 * 36 * 36;
constexpr std::uint64_t uid_stride = 23456789;  // shares no factor with 36: different numbers, different uids

static_assert(std::int64_t{max_schools} * PersonId::per_school < static_cast<std::int64_t>(uid_values));
static_assert(uid_stride % 2 != 0 && uid_stride % 3 != 0);

}  // namespace

Region::Region(const RegionOptions& options) : seed_(options.seed), tree_(options.base_dn), schools_(options.schools) {
    if (options.people) {
        std::int64_t rest = *options.people;
        schools_ = 0;
        while (rest > 0 && schools_ <= max_schools) {
            const int people = School(seed_, schools_, false).people();
            if (rest < people) {
                people_of_last_ = static_cast<int>(rest);
            }
            rest -= people;
            ++schools_;
        }
    }
    if (schools_ < 1 || schools_ > max_schools) {
        throw std::invalid_argument("a region has from 1 to " + std::to_string(max_schools) +
                                    " schools of about 600 persons; choose other numbers");
    }
    uid_offset_ = Random{seed_, purpose::uid}.next() % uid_values;
}

School Region::school(int index) const {
    const bool last = index + 1 == schools_;
    School school(seed_, index, !last);
    if (last && people_of_last_) {
        school.trim_to(*people_of_last_);
    }
    return school;
}

std::string Region::uid_of(const PersonId& id) const {
    constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::uint64_t value = (static_cast<std::uint64_t>(id.number()) * uid_stride + uid_offset_) % uid_values;
    std::string uid = "f26";
    uid.resize(uid.size() + uid_digits);
    for (auto place = uid.rbegin(); place != uid.rbegin() + uid_digits; ++place) {
        *place = digits[value % 36];
        value /= 36;
    }
    return uid;
}

std::string Region::member_dn(const PersonId& id) const {
    return tree_.person_dn(uid_of(id));
}

}  // namespace entstream::entgen
