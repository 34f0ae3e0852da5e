#include "consumer/merge/stored_position.hpp"

#include <chrono>
#include <string>

namespace entstream::consumer::merge {

StoredPosition to_stored_position(const pqxx::row& row) {
    StoredPosition position;
    position.log_id = row["log_id"].as<std::string>();
    position.next_offset = row["next_offset"].as<Offset>();
    position.last_sequence = row["last_sequence"].as<std::uint64_t>();
    position.owner_epoch = row["owner_epoch"].as<std::int64_t>();
    if (!row["watermark"].is_null()) {
        position.watermark =
            std::chrono::system_clock::time_point(std::chrono::microseconds(row["watermark"].as<std::int64_t>()));
    }
    if (!row["begun_at"].is_null()) {
        position.begun_at =
            std::chrono::system_clock::time_point(std::chrono::microseconds(row["begun_at"].as<std::int64_t>()));
    }
    return position;
}

}  // namespace entstream::consumer::merge
