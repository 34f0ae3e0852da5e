#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace entstream::producer::sync {

/// Server id of a CSN: 0 to 4095. A single provider has 0 (or whatever its serverID says).
using Sid = unsigned;

/// The server id inside a CSN such as `20261122101112.123456Z#000000#001#000000`; nullopt when it is not a CSN. CSNs of
/// one server id compare as strings.
std::optional<Sid> csn_sid(std::string_view csn);

/// The time inside a CSN, to the microsecond; nullopt when it is not a CSN.
std::optional<std::chrono::system_clock::time_point> csn_time(std::string_view csn);

/// How far one search has got: what to send at the next start. Built by merging the cookies that the provider sends,
/// because a provider's cookie may hold one server's CSN only, or none at all.
///
/// OpenLDAP's cookies are a vector of CSNs, one per server id. Any other provider's (389-ds) are opaque octets.
class Cookie {
  public:
    Cookie() = default;

    /// From what a provider sent, or from text(). `rid`, `sid` and `delcsn` are dropped: a provider that reads back the
    /// sid of another one suppresses that one's changes, which loses them for ever. Malformed CSNs are dropped.
    static Cookie parse(std::string_view octets);

    /// Nothing to resume from: the search must be sent without a cookie.
    [[nodiscard]] bool empty() const { return csns_.empty() && opaque_.empty(); }

    /// Takes over what `newer` knows: per server id the greater CSN; opaque octets replace opaque octets. A cookie
    /// without CSN never replaces one with.
    /// \returns whether anything changed.
    bool merge(const Cookie& newer);

    /// What to send and to store: `rid=000,csn=a;b`, ascending by server id, or the opaque octets; empty when empty().
    [[nodiscard]] std::string text() const;

    /// Octets of a provider that is not OpenLDAP: tied to its host, base, filter and bind DN.
    [[nodiscard]] bool opaque() const { return !opaque_.empty(); }

    /// The CSNs by server id; empty for an opaque cookie.
    [[nodiscard]] const std::map<Sid, std::string>& csns() const { return csns_; }

    /// Whether every CSN of `context_csns` (the contextCSN values of a ProbeMessage) has been reached: all changes up
    /// to the probe have been seen. True when the provider names none, and for an opaque cookie, which cannot tell.
    [[nodiscard]] bool has_reached(const std::vector<std::string>& context_csns) const;

    /// Whether the provider lacks something that this cookie has: it was restored from a backup, or crashed and lost
    /// its last contextCSN. Then the cookie is not to be used: resync. False when the provider names no CSN at all
    /// (it hides contextCSN; it answers the search with result 53 if it is behind), and for an opaque cookie.
    [[nodiscard]] bool is_ahead_of(const std::vector<std::string>& context_csns) const;

    bool operator==(const Cookie&) const = default;

  private:
    std::map<Sid, std::string> csns_;
    std::string opaque_;
};

}  // namespace entstream::producer::sync
