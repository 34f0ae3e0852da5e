#include "consumer/map/trace.hpp"

namespace entstream::consumer::map {

thread_local Trace* Tracing::active_trace = nullptr;

std::string in_quotes(std::string_view text) {
    return '"' + std::string(text) + '"';
}

void trace_field(std::string_view name) {
    if (Trace* trace = Tracing::active()) {
        trace->fields.push_back({.name = std::string(name), .steps = {}});
    }
}

void trace_filter(std::string_view name, std::string_view filter, bool matches) {
    if (Trace* trace = Tracing::active()) {
        trace->selection.push_back(std::string(name) + (filter.empty() ? "" : " ") + std::string(filter) +
                                   (matches ? ": matches" : ": does not match"));
    }
}

void trace_cut(std::size_t octets, std::string_view text) {
    if (text.size() != octets) {
        trace_step([&] { return "cut: " + in_quotes(text); });
    }
}

}  // namespace entstream::consumer::map
