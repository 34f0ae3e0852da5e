#include "producer/index/image.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

namespace entstream::producer::index {

void ValueSetHash::add(std::string_view value) {
    // A sum, not an exclusive or: the same value twice must not vanish.
    sum_ += XXH3_64bits(value.data(), value.size());
}

void sort_image(Image& image) {
    std::sort(image.begin(), image.end(), [](const auto& left, const auto& right) { return left.name < right.name; });
    auto last = image.begin();
    for (auto next = image.begin(); next != image.end(); ++next) {
        if (next == last) {
            continue;
        }
        if (next->name == last->name) {
            last->values += next->values;
        } else {
            *++last = *next;
        }
    }
    if (!image.empty()) {
        image.erase(last + 1, image.end());
    }
}

std::vector<NameId> changed_names(const Image& before, const Image& after) {
    std::vector<NameId> names;
    auto old = before.begin();
    auto now = after.begin();
    while (old != before.end() || now != after.end()) {
        if (now == after.end() || (old != before.end() && old->name < now->name)) {
            names.push_back((old++)->name);
        } else if (old == before.end() || now->name < old->name) {
            names.push_back((now++)->name);
        } else {
            if (old->values != now->values) {
                names.push_back(now->name);
            }
            ++old;
            ++now;
        }
    }
    return names;
}

}  // namespace entstream::producer::index
