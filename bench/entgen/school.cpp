#include "bench/entgen/school.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "bench/entgen/names.hpp"
#include "bench/entgen/uai.hpp"

namespace entstream::entgen {

namespace {

constexpr int smallest_class = 21;
constexpr int largest_class = 32;
constexpr int fewest_staff = 11;

SchoolKind kind_of(int index) {
    return index % 5 == 2 || index % 5 == 4 ? SchoolKind::lycee : SchoolKind::college;
}

/// The fifth school of each five stands beside the fourth and has its name: two schools that only the UAI tells apart.
int site_of(int index) {
    return index % 5 == 4 ? index - 1 : index;
}

std::string class_name(int style, const Level& level, int number) {
    const char letter = static_cast<char>('A' + number);
    switch (style) {
        case 0:
            return std::string(level.name) + std::to_string(number + 1);
        case 1:
            return std::string(level.name) + " " + letter;
        default:
            return std::string(level.digit) + letter;
    }
}

}  // namespace

School::School(std::uint64_t seed, int index, bool has_next)
    : seed_(seed),
      index_(index),
      kind_(kind_of(index)),
      lends_(index % 2 == 0 && has_next),
      uai_(uai_of_school(index)),
      families_(seed, index) {
    const auto site = static_cast<std::size_t>(site_of(index));
    name_ = school_names()[site % school_names().size()];
    town_ = towns()[site % towns().size()];

    Random random{seed, purpose::school, static_cast<std::uint64_t>(index)};
    make_classes(random);
    make_groups();
    make_blocks();
    staff_ = fewest_staff + random.below(static_cast<int>(staff_posts().size()) - fewest_staff + 1);
    pupils_ = places_;
    parents_ = families_.parents_of_first(pupils_);
}

void School::make_classes(Random& random) {
    const int style = index_ == 0 ? 0 : random.below(3);
    for (int level = 0; level < static_cast<int>(levels().size()); ++level) {
        const int in_level = (kind_ == SchoolKind::college ? 2 : 3) + random.below(2);
        for (int number = 0; number < in_level; ++number) {
            const int size = smallest_class + random.below(largest_class - smallest_class + 1);
            classes_.push_back({level, class_name(style, levels()[level], number), places_, size});
            places_ += size;
        }
    }
    // Names that break programs which do not quote: parentheses, apostrophe, comma, accents.
    const auto rename_last_of = [this](int level, const char* name) {
        const auto last = std::find_if(classes_.rbegin(), classes_.rend(),
                                       [level](const SchoolClass& candidate) { return candidate.level == level; });
        last->name = name;
    };
    if (kind_ == SchoolKind::lycee) {
        rename_last_of(1, "1ERE ST2S (SANTÉ, SOCIAL)");
        rename_last_of(2, "TERM MÉTIERS D'ART");
    } else {
        if (index_ % 2 == 0) {
            rename_last_of(2, "4EME (NC 4E AES)");
        }
        if (index_ % 3 == 0) {
            rename_last_of(3, "3EME D'INSERTION");
        }
    }

    stride_ = static_cast<int>(std::lround(places_ * 0.618));
    while (std::gcd(stride_, places_) != 1) {
        ++stride_;
    }
    while (stride_ * inverse_ % places_ != 1) {
        ++inverse_;
    }
}

void School::make_groups() {
    using Kind = TeachingGroup::Kind;
    for (int level = 0; level < static_cast<int>(levels().size()); ++level) {
        const std::string digit(levels()[level].digit);
        groups_.push_back({Kind::spanish_1, level, digit + "ESP2 GR1"});
        groups_.push_back({Kind::spanish_2, level, digit + "ESP2 GR2"});
        groups_.push_back({Kind::german, level, digit + "ALL2 GR1"});
        groups_.push_back({Kind::classics, level, digit + "LATIN, GREC"});
        if (index_ % 3 == 0) {
            groups_.push_back({Kind::theatre, level, digit + "THÉÂTRE+CHANT"});
        }
    }
    if (index_ % 5 == 0) {
        groups_.push_back({Kind::nobody, 0, std::string(levels()[0].digit) + "ITA2 GR1"});
    }
}

void School::make_blocks() {
    const int classes = static_cast<int>(classes_.size());
    blocks_.resize(subjects().size());
    borrowed_.assign(subjects().size(), -1);
    std::optional<School> previous;
    if (borrows_teachers()) {
        previous.emplace(seed_, index_ - 1, true);
    }
    for (std::size_t i = 0; i < subjects().size(); ++i) {
        blocks_[i].first = teachers_;
        if (previous && subjects()[i].shared) {
            borrowed_[i] = previous->blocks_[i].first + previous->blocks_[i].count - 1;
            continue;
        }
        const int load = subjects()[i].classes_per_teacher;
        blocks_[i].count = (classes + load - 1) / load;
        teachers_ += blocks_[i].count;
    }
}

void School::trim_to(int people) {
    staff_ = std::min(staff_, people);
    teachers_ = std::min(teachers_, people - staff_);
    const int rest = people - staff_ - teachers_;
    int whole = 0;
    while (whole < pupils_ && whole + 1 + families_.parents_of_first(whole + 1) <= rest) {
        ++whole;
    }
    const int left_over = rest - whole - families_.parents_of_first(whole);
    pupils_ = left_over > 0 ? whole + 1 : whole;
    parents_ = rest - pupils_;
}

std::string School::usual_name() const {
    return (kind_ == SchoolKind::college ? "CLG-" : "LYC-") + name_ + "-ac-EXEMPLE";
}

int School::class_of(int pupil) const {
    const int slot = pupil * stride_ % places_;
    const auto after = std::upper_bound(classes_.begin(), classes_.end(), slot,
                                        [](int wanted, const SchoolClass& c) { return wanted < c.first_slot; });
    return static_cast<int>(after - classes_.begin()) - 1;
}

std::vector<int> School::pupils_of(const SchoolClass& school_class) const {
    std::vector<int> members;
    for (int slot = school_class.first_slot; slot < school_class.first_slot + school_class.size; ++slot) {
        const int pupil = slot * inverse_ % places_;
        if (pupil < pupils_) {
            members.push_back(pupil);
        }
    }
    return members;
}

Choices School::choices_of(int pupil) const {
    const auto number = static_cast<std::uint64_t>(PersonId{index_, PersonKind::pupil, pupil}.number());
    Random random{seed_, purpose::choice, number};
    Choices choices;
    choices.language = static_cast<Choices::Language>(random.below(3));
    choices.classics = random.one_in(8);
    choices.theatre = random.one_in(12);
    return choices;
}

bool School::is_in(int pupil, const TeachingGroup& group) const {
    if (classes_[static_cast<std::size_t>(class_of(pupil))].level != group.level) {
        return false;
    }
    const Choices choices = choices_of(pupil);
    switch (group.kind) {
        case TeachingGroup::Kind::spanish_1:
            return choices.language == Choices::Language::spanish_1;
        case TeachingGroup::Kind::spanish_2:
            return choices.language == Choices::Language::spanish_2;
        case TeachingGroup::Kind::german:
            return choices.language == Choices::Language::german;
        case TeachingGroup::Kind::classics:
            return choices.classics;
        case TeachingGroup::Kind::theatre:
            return choices.theatre;
        case TeachingGroup::Kind::nobody:
            break;
    }
    return false;
}

std::optional<PersonId> School::teacher_of(int subject, int school_class) const {
    const auto i = static_cast<std::size_t>(subject);
    if (borrowed_[i] >= 0) {
        return PersonId{index_ - 1, PersonKind::teacher, borrowed_[i]};
    }
    const int teacher = blocks_[i].first + school_class * blocks_[i].count / static_cast<int>(classes_.size());
    if (teacher >= teachers_) {
        return std::nullopt;
    }
    return PersonId{index_, PersonKind::teacher, teacher};
}

TeachingPost School::post_of(int teacher) const {
    TeachingPost post;
    while (teacher >= blocks_[static_cast<std::size_t>(post.subject)].first +
                          blocks_[static_cast<std::size_t>(post.subject)].count) {
        ++post.subject;
    }
    for (int i = 0; i < static_cast<int>(classes_.size()); ++i) {
        if (teacher_of(post.subject, i) == PersonId{index_, PersonKind::teacher, teacher}) {
            post.classes.push_back(i);
        }
    }
    return post;
}

std::optional<TeachingPost> School::post_in(const School& next, int teacher) const {
    for (std::size_t i = 0; lends_ && i < next.borrowed_.size(); ++i) {
        if (next.borrowed_[i] == teacher) {
            TeachingPost post{static_cast<int>(i), std::vector<int>(next.classes_.size())};
            std::iota(post.classes.begin(), post.classes.end(), 0);
            return post;
        }
    }
    return std::nullopt;
}

}  // namespace entstream::entgen
