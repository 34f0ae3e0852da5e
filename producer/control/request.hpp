#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "entstream/v1/control.pb.h"
#include "producer/producer_config.hpp"

namespace entstream::producer::control {

/// Why a request is not done, and what to do about it: sentences for the one who asked. They hold no personal data.
struct Refusal {
    std::string reason;
    std::string remedy;
};

/// 1 to 64 of A-Z a-z 0-9 . _ -.
bool is_request_id(std::string_view text);

/// What is wrong with a request, as far as it can be told without asking a server. \param key  of its record
std::optional<Refusal> check(const v1::ControlRequest& request, std::string_view key, const ProducerConfig& config);

/// "reconcile", "resync" …; empty when the request names no task.
std::string task_name(const v1::ControlRequest& request);

/// It is done at once, before and between requests that take their time.
bool is_short(const v1::ControlRequest& request);

}  // namespace entstream::producer::control
