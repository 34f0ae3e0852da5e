#pragma once

#include <functional>
#include <optional>
#include <string>

#include "entstream/v1/control.pb.h"
#include "tests/integration/producer/producer_fixture.hpp"

namespace entstream::test {

/// The running producer is asked for something.
class ControlTest : public ProducerTest {
  protected:
    /// As a program would ask: a record on the control topic.
    void ask(const std::string& id, const std::function<void(v1::ControlRequest&)>& describe);
    /// Any record on the control topic.
    void write_control(const std::string& key, const std::string& value);

    /// What the state topic says of the request now.
    std::optional<v1::ControlAnswer> answer(const std::string& id);
    /// Waits until the request is done or refused.
    v1::ControlAnswer await_answer(const std::string& id);

    /// The last value of a key of the state topic.
    std::optional<std::string> state(const std::string& key);
};

}  // namespace entstream::test
