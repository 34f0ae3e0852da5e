#pragma once

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/model/uuid.hpp"
#include "producer/sync/messages.hpp"

/// The BER values of RFC 4533: what stands inside its controls and its intermediate response. All functions are pure.
/// Errors are texts for the log; they hold no data of the message.
namespace entstream::producer::sync {

/// Value of the Sync Request Control (section 2.2): mode refreshAndPersist, reloadHint TRUE (without it a provider may
/// answer a stale cookie with e-syncRefreshRequired instead of with a full refresh).
std::string encode_sync_request(const std::optional<std::string>& cookie);

/// Sync State Control, section 2.3.
struct SyncState {
    EntryState state{};
    Uuid uuid;
    std::optional<std::string> cookie;
};
tl::expected<SyncState, std::string> decode_sync_state(std::string_view value);

/// Sync Done Control, section 2.4.
struct SyncDone {
    std::optional<std::string> cookie;
    bool refresh_deletes = false;
};
tl::expected<SyncDone, std::string> decode_sync_done(std::string_view value);

/// Sync Info Message, section 2.5; the member `search` is left 0.
using SyncInfo = std::variant<NewCookieMessage, RefreshMessage, IdSetMessage>;
tl::expected<SyncInfo, std::string> decode_sync_info(std::string_view value);

}  // namespace entstream::producer::sync
