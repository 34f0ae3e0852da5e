#pragma once

#include <pqxx/connection>

#include <chrono>
#include <string>

namespace entstream::consumer::merge {

/// What begins each transaction: settings that end with it (SET LOCAL), so that a pooler in transaction mode is no
/// obstacle. They bound how long a lock is waited for (2 s), how long one statement may run, and how long the server
/// keeps the session, and with it our locks, once this process stands still or is gone: 15 s.
/// \param connection  asked for what its server can do: limits that it does not know are left out
std::string time_limits(pqxx::connection& connection, std::chrono::milliseconds statement);

}  // namespace entstream::consumer::merge
