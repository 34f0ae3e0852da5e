#pragma once

#include <cstdint>
#include <optional>

#include "common/model/uuid.hpp"
#include "consumer/consumer_config.hpp"

/// What an administrator lets go on, beside a running consumer or without one. Each call connects by itself and is one
/// transaction in the schema `entstream`.
namespace entstream::consumer::merge {

/// \returns whether a first start waited for it
/// \throws Unreachable, AccessRefused, TargetError  the schema `entstream` is not of this version
bool approve_first_start(const ConsumerConfig& config);

/// Lets persons and groups of the configured sources have the accounts, cohorts and role assignments that were found
/// for them, where adoption asks. \param entry  only this one; nullopt: all that wait \returns how many
std::int64_t approve_adoptions(const ConsumerConfig& config, const std::optional<Uuid>& entry);

}  // namespace entstream::consumer::merge
