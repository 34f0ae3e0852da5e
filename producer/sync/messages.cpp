#include "producer/sync/messages.hpp"

#include <strings.h>

#include <algorithm>

namespace entstream::producer::sync {

const Attribute* find_attribute(const std::vector<Attribute>& attributes, std::string_view name) {
    const auto found = std::find_if(attributes.begin(), attributes.end(), [name](const Attribute& attribute) {
        return attribute.name.size() == name.size() &&
               strncasecmp(attribute.name.data(), name.data(), name.size()) == 0;
    });
    return found == attributes.end() ? nullptr : &*found;
}

}  // namespace entstream::producer::sync
