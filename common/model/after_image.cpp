#include "common/model/after_image.hpp"

#include <algorithm>

namespace entstream {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

const AfterImage::Values* values_of(const v1::Attribute& attribute) {
    return attribute.values().empty() ? nullptr : &attribute.values();
}

}  // namespace

bool same_attribute(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

AfterImage AfterImage::with(const v1::Attribute& attribute) const {
    AfterImage image = *this;
    image.replacement_ = &attribute;
    return image;
}

const AfterImage::Values* AfterImage::find(std::string_view name) const {
    if (replacement_ != nullptr && same_attribute(replacement_->name(), name)) {
        return values_of(*replacement_);
    }
    for (const v1::Attribute& attribute : *attributes_) {
        if (same_attribute(attribute.name(), name)) {
            return values_of(attribute);
        }
    }
    return nullptr;
}

std::string_view AfterImage::first(std::string_view name) const {
    const Values* values = find(name);
    return values == nullptr ? std::string_view{} : std::string_view(values->Get(0));
}

}  // namespace entstream
