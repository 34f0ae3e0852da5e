#include "producer/index/attribute_names.hpp"

#include <limits>
#include <stdexcept>

namespace entstream::producer::index {

std::string lower_case(std::string_view description) {
    std::string result(description);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return result;
}

NameId AttributeNames::id(std::string_view description) {
    if (const auto known = ids_.find(description); known != ids_.end()) {
        return known->second;
    }
    const std::string lower = lower_case(description);
    auto entry = ids_.find(lower);
    if (entry == ids_.end()) {
        if (spelled_.size() > std::numeric_limits<NameId>::max()) {
            throw std::length_error("more than 65535 different attribute descriptions: select fewer attributes");
        }
        entry = ids_.emplace(lower, static_cast<NameId>(spelled_.size())).first;
        spelled_.emplace_back(description);
    }
    const NameId result = entry->second;
    ids_.emplace(description, result);
    return result;
}

}  // namespace entstream::producer::index
