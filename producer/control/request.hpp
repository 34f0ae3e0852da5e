#pragma once

#include <optional>
#include <string_view>

#include "common/requests/request.hpp"
#include "entstream/v1/control.pb.h"
#include "producer/producer_config.hpp"

namespace entstream::producer::control {

using requests::is_request_id;
using requests::Refusal;
using requests::task_name;

/// What is wrong with a request, as far as it can be told without asking a server. \param key  of its record
std::optional<Refusal> check(const v1::ControlRequest& request, std::string_view key, const ProducerConfig& config);

/// It is done at once, before and between requests that take their time.
bool is_short(const v1::ControlRequest& request);

}  // namespace entstream::producer::control
