#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace entstream::entgen {

/// True if the value may stand in LDIF as it is (RFC 2849: SAFE-STRING, and no space at its end).
bool is_ldif_safe(std::string_view value);

std::string base64(std::string_view bytes);

/// Writes LDIF content records (RFC 2849) in one pass, without the version line (slapadd refuses it) and without
/// folded lines (easier to search). Holds one buffer, whatever the size of the directory.
class LdifWriter {
  public:
    /// \param out must outlive the writer; nullptr: count entries, write nothing
    /// \param uuid_seed every entry gets an entryUUID made from this seed and its DN; none: no entryUUID
    explicit LdifWriter(std::ostream* out, std::optional<std::uint64_t> uuid_seed = std::nullopt);
    LdifWriter(const LdifWriter&) = delete;
    LdifWriter& operator=(const LdifWriter&) = delete;
    LdifWriter(LdifWriter&&) = delete;
    LdifWriter& operator=(LdifWriter&&) = delete;
    ~LdifWriter() = default;

    void begin(std::string_view dn);
    void attribute(std::string_view name, std::string_view value);
    void end();

    /// Writes what is still buffered. Call it at the end: the destructor does not. \throws std::runtime_error when
    /// the stream fails (full disk, closed pipe); so do the functions above.
    void flush();

    std::int64_t entries() const { return entries_; }

  private:
    std::ostream* out_;
    std::optional<std::uint64_t> uuid_seed_;
    std::string buffer_;
    std::string uuid_;
    std::int64_t entries_ = 0;
};

}  // namespace entstream::entgen
