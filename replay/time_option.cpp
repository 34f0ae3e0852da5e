#include "replay/time_option.hpp"

#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include "common/config/units.hpp"

namespace entstream::replay {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;
using std::chrono::system_clock;

std::optional<system_clock::time_point> parse_time(const std::string& text, system_clock::time_point now) {
    if (const auto ago = config::parse_duration(text)) {
        return now - *ago;
    }
    Timestamp time;
    if (!TimeUtil::FromString(text, &time)) {
        return std::nullopt;
    }
    return system_clock::time_point(std::chrono::milliseconds(TimeUtil::TimestampToMilliseconds(time)));
}

std::string check_time(const std::string& text) {
    return parse_time(text, system_clock::now())
               ? std::string()
               : "'" + text + "' is neither a time like 2026-11-26T06:00:00Z nor a duration like 30m, 2h or 7d (ago)";
}

}  // namespace entstream::replay
