#pragma once

#include <pqxx/row>

#include "consumer/merge/target.hpp"

namespace entstream::consumer::merge {

/// A row of position/read_position.sql or position/claim.sql.
StoredPosition to_stored_position(const pqxx::row& row);

}  // namespace entstream::consumer::merge
