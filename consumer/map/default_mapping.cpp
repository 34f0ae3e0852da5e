#include "consumer/map/default_mapping.hpp"

namespace entstream::consumer::map {

std::string_view default_mapping_toml() {
    return default_mapping_files().front().text;
}

}  // namespace entstream::consumer::map
