#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace entstream::log {

/// What lines of the log are about, beside their words: fields of their own in JSON. Empty: nothing.
struct About {
    std::string_view source{};
    std::string_view target{};
    std::optional<std::int64_t> offset{};  ///< on the log of the source
    std::string_view csn{};                ///< of the directory's change
};

/// While it lives, every line that this thread logs has these fields; what it does not say is as in the context around
/// it. Contexts of a thread end in the reverse order of their beginnings.
class Context {
  public:
    /// \param about  its texts must live longer
    explicit Context(const About& about);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    /// What a line of this thread is about now.
    static const About& current();

  private:
    About outer_;
};

}  // namespace entstream::log
