#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace entstream::consumer::map {

/// What the mapping did with one entry, in the order in which it did it: for who wants to know where a value comes
/// from. Holds personal data.
struct Trace {
    struct Field {
        std::string name;
        std::vector<std::string> steps;
    };
    std::vector<std::string> selection;  ///< which filters matched
    std::vector<Field> fields;
};

/// While it lives, whatever this thread maps is written down. Elsewhere and otherwise nothing is, and a step costs the
/// look at a pointer.
class Tracing {
  public:
    /// \param trace  must live longer
    explicit Tracing(Trace& trace) : former_(std::exchange(active_trace, &trace)) {}
    ~Tracing() { active_trace = former_; }
    Tracing(const Tracing&) = delete;
    Tracing& operator=(const Tracing&) = delete;

    /// Where this thread writes; null: nowhere.
    static Trace* active() { return active_trace; }

  private:
    static thread_local Trace* active_trace;
    Trace* former_;
};

/// A text as traces show it.
std::string in_quotes(std::string_view text);

/// The rules of a field begin.
void trace_field(std::string_view name);

/// A filter was asked. \param filter  as configured; empty: none, everything matches
void trace_filter(std::string_view name, std::string_view filter, bool matches);

/// A text of the field was cut to the column's length. \param octets  that it had before
void trace_cut(std::size_t octets, std::string_view text);

/// A step of the field that was begun last. \param words  called only where somebody wants to know
template <typename Words>
void trace_step(const Words& words) {
    if (Trace* trace = Tracing::active(); trace != nullptr && !trace->fields.empty()) {
        trace->fields.back().steps.push_back(words());
    }
}

}  // namespace entstream::consumer::map
