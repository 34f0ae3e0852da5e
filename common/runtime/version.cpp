#include "common/runtime/version.hpp"

namespace entstream::runtime {

std::string_view version() {
    return ENTSTREAM_VERSION;
}

}  // namespace entstream::runtime
