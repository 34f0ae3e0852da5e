#pragma once

#include <string>

#include "common/model/uuid.hpp"
#include "entstream/v1/change.pb.h"
#include "producer/publish/origin.hpp"

namespace entstream::producer::publish {

/// Clears `change` and fills in what every record has, except what the Publisher adds.
void start_change(v1::Change& change, v1::Kind kind, v1::Operation operation, const Uuid& uuid, const std::string& csn,
                  const Origin& origin);

}  // namespace entstream::producer::publish
