#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entstream/v1/control.pb.h"

/// What a producer can be asked through its control topic (docs/log_format.md), by whoever asks and by the producer.
namespace entstream::requests {

/// Why a request is not done, and what to do about it: sentences for the one who asked. They hold no personal data.
struct Refusal {
    std::string reason;
    std::string remedy;
};

/// 1 to 64 of A-Z a-z 0-9 . _ -.
bool is_request_id(std::string_view text);

/// What is wrong with a request, as far as it can be told without asking a server or knowing the producer's searches.
/// \param key  of its record
std::optional<Refusal> check(const v1::ControlRequest& request, std::string_view key);

/// "reconcile", "resync" …; empty when the request names no task.
std::string task_name(const v1::ControlRequest& request);

/// What words of a command line ask for, without id and names: `reconcile`, `republish`, `ENTRY` …
/// \param option  that has the words, for messages: "--ask"
/// \throws runtime::ProgramError  usage: they mean nothing
v1::ControlRequest from_words(const std::vector<std::string>& words, const std::string& option);

/// UUID, filter in parentheses, or DN.
v1::EntryChoice entry_of(const std::string& word);

}  // namespace entstream::requests
