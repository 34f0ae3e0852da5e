#pragma once

#include <string>
#include <string_view>

#include "common/model/uuid.hpp"
#include "entstream/v1/change.pb.h"
#include "producer/producer_config.hpp"

namespace entstream::producer::publish {

/// The kind of an entry as records have it.
v1::Kind record_kind(EntryKind kind);
/// `user/<uuid>`, `group/<uuid>` or `role/<uuid>`.
std::string entry_key(EntryKind kind, const Uuid& uuid);
/// "users", "groups", "role objects": for the log.
std::string_view plural(EntryKind kind);

}  // namespace entstream::producer::publish
