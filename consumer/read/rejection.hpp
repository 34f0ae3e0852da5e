#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace entstream::consumer::read {

/// Where in its way a record failed; Kafka Connect's words, as its dead-letter headers have them.
enum class Stage : std::uint8_t {
    value_converter,  ///< the bytes are no record of ours
    transformation,   ///< the mapping cannot make a row of it
    task_put,         ///< the database refuses the row
};

std::string_view to_text(Stage stage);

/// Why one record cannot be applied: it goes to the dead letters, the rest goes on. Without personal data.
struct Rejection {
    Stage stage{};
    std::string reason;
};

/// The log is not the one that this target has applied so far, or not one that this program can read: nothing goes on
/// until somebody decides. The text has the remedy.
class LogRefused : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The source does not publish what the mapping needs: the configuration of one of both must change. A line each.
class MappingRefused : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace entstream::consumer::read
