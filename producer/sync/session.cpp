#include "producer/sync/session.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "producer/sync/protocol.hpp"
#include "producer/sync/search_request.hpp"

namespace entstream::producer::sync {

namespace {

using metrics::UnreadableReason;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct ControlsDeleter {
    void operator()(LDAPControl** controls) const noexcept { ldap_controls_free(controls); }
};
using ControlsPtr = std::unique_ptr<LDAPControl*, ControlsDeleter>;

// The value of a control in a list that may be null; nullopt when it is not there.
std::optional<std::string_view> control_value(LDAPControl** controls, const char* oid) {
    const LDAPControl* const control = ldap_control_find(oid, controls, nullptr);
    if (control == nullptr) {
        return std::nullopt;
    }
    return std::string_view(control->ldctl_value.bv_val, control->ldctl_value.bv_len);
}

}  // namespace

Session::Session(const ldap::LdapConfig& config, std::vector<SearchConfig> searches, std::stop_token stop)
    : configs_(std::move(searches)),
      connection_(config, std::move(stop)),
      provider_(look_at_provider(connection_, configs_)),
      searches_(configs_.size()) {}

void Session::start_search(std::size_t index, const std::optional<std::string>& cookie) {
    const SearchConfig& config = configs_.at(index);
    std::string value = encode_sync_request(cookie);
    std::string oid = LDAP_CONTROL_SYNC;
    // Critical: a database without syncprov would otherwise answer with an ordinary search.
    LDAPControl control{.ldctl_oid = oid.data(),
                        .ldctl_value = {.bv_len = value.size(), .bv_val = value.data()},
                        .ldctl_iscritical = 1};
    const int id = send_search(
        connection_, {config.base, config.scope, config.filter, requested_attributes(config, provider_.kind)}, &control,
        "starting search \"" + config.name + "\" below " + config.base + " for " + config.filter);
    searches_.at(index) = {.id = id, .phase = Phase::refresh};
}

void Session::ask_probe() {
    const auto now = std::chrono::system_clock::now();
    const int id = send_search(connection_, {provider_.suffix, Scope::base, "(objectClass=*)", {"contextCSN"}}, nullptr,
                               "reading contextCSN of " + provider_.suffix);
    probe_ = Probe{.id = id, .asked_at = now, .context_csns = {}};
}

std::optional<Message> Session::next(milliseconds timeout) {
    const auto deadline = steady_clock::now() + timeout;
    milliseconds left = timeout;
    try {
        while (const ldap::MessagePtr received = connection_.receive(LDAP_RES_ANY, left)) {
            Decoded decoded = decode(received.get());
            if (!decoded) {
                return DisconnectedMessage{.why = "LDAP server " + connection_.config().uri +
                                                  " broke the Content Sync protocol: " + decoded.error().what,
                                           .unreadable = decoded.error().reason};
            }
            if (*decoded) {
                return std::move(*decoded);
            }
            left = std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline - steady_clock::now()));
        }
    } catch (const ldap::LdapError& error) {
        return DisconnectedMessage{.why = error.what(), .error_class = error.error_class()};
    }
    return std::nullopt;
}

DisconnectedMessage Session::ended_by(const DoneMessage& done) const {
    const ldap::LdapError error = connection_.error(done.result_code, done.diagnostic,
                                                    "following search \"" + configs_.at(done.search).name + '"');
    return {.why = error.what(), .error_class = error.error_class()};
}

std::optional<std::size_t> Session::search_of(int id) const {
    const auto found = std::find_if(searches_.begin(), searches_.end(), [id](const Search& search) {
        return search.id == id && search.phase != Phase::closed;
    });
    if (found == searches_.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - searches_.begin());
}

tl::unexpected<Session::Unreadable> Session::unreadable(UnreadableReason reason, std::string what) {
    return tl::unexpected(Unreadable{.reason = reason, .what = std::move(what)});
}

Session::Decoded Session::decode(LDAPMessage* message) {
    const int id = ldap_msgid(message);
    if (probe_ && id == probe_->id) {
        return decode_probe(message);
    }
    const int type = ldap_msgtype(message);
    if (id == LDAP_RES_UNSOLICITED && type == LDAP_RES_EXTENDED) {
        return DisconnectedMessage{.why = "LDAP server " + connection_.config().uri + " closes the connection"};
    }
    const std::optional<std::size_t> index = search_of(id);
    if (!index) {
        return std::nullopt;
    }
    switch (type) {
        case LDAP_RES_SEARCH_ENTRY:
            return decode_entry(*index, message);
        case LDAP_RES_SEARCH_REFERENCE:
            return std::nullopt;  // other servers' parts of the directory are sources of their own
        case LDAP_RES_INTERMEDIATE:
            return decode_intermediate(*index, message);
        case LDAP_RES_SEARCH_RESULT:
            return decode_result(*index, message);
        default:
            return unreadable(UnreadableReason::message, "unexpected message of type " + std::to_string(type));
    }
}

Session::Decoded Session::decode_entry(std::size_t index, LDAPMessage* message) {
    LDAPControl** raw = nullptr;
    if (ldap_get_entry_controls(connection_.handle(), message, &raw) != LDAP_SUCCESS) {
        return unreadable(UnreadableReason::message, "the controls of an entry cannot be read");
    }
    const ControlsPtr controls(raw);
    const auto value = control_value(raw, LDAP_CONTROL_SYNC_STATE);
    if (!value) {
        return unreadable(UnreadableReason::no_sync_state, "an entry without Sync State Control");
    }
    auto state = decode_sync_state(*value);
    if (!state) {
        return unreadable(UnreadableReason::sync_state, std::move(state.error()));
    }
    EntryMessage entry;
    entry.search = index;
    entry.state = state->state;
    entry.uuid = state->uuid;
    entry.cookie = std::move(state->cookie);
    read_entry(connection_, message, entry);
    return Message(std::move(entry));
}

Session::Decoded Session::decode_intermediate(std::size_t index, LDAPMessage* message) {
    char* raw_oid = nullptr;
    berval* raw_value = nullptr;
    if (ldap_parse_intermediate(connection_.handle(), message, &raw_oid, &raw_value, nullptr, 0) != LDAP_SUCCESS) {
        return unreadable(UnreadableReason::message, "malformed intermediate response");
    }
    const std::string oid = raw_oid == nullptr ? "" : raw_oid;
    const std::string value = raw_value == nullptr ? "" : std::string(raw_value->bv_val, raw_value->bv_len);
    ldap_memfree(raw_oid);
    ber_bvfree(raw_value);
    if (oid != LDAP_SYNC_INFO) {
        return std::nullopt;
    }
    auto info = decode_sync_info(value);
    if (!info) {
        return unreadable(UnreadableReason::sync_info, std::move(info.error()));
    }
    std::visit([index](auto& content) { content.search = index; }, *info);
    if (const auto* const refresh = std::get_if<RefreshMessage>(&*info)) {
        Phase& phase = searches_[index].phase;
        if (phase == Phase::persist) {
            return unreadable(UnreadableReason::order, "a refresh ends that had ended before");
        }
        if (refresh->done) {
            phase = Phase::persist;
        }
    }
    return std::visit([](auto&& content) { return Message(std::forward<decltype(content)>(content)); },
                      std::move(*info));
}

Session::Decoded Session::decode_result(std::size_t index, LDAPMessage* message) {
    searches_[index].phase = Phase::closed;
    DoneMessage done;
    done.search = index;
    char* text = nullptr;
    LDAPControl** raw = nullptr;
    if (ldap_parse_result(connection_.handle(), message, &done.result_code, nullptr, &text, nullptr, &raw, 0) !=
        LDAP_SUCCESS) {
        return unreadable(UnreadableReason::message, "malformed search result");
    }
    const ControlsPtr controls(raw);
    done.diagnostic = text == nullptr ? "" : text;
    ldap_memfree(text);
    if (const auto value = control_value(raw, LDAP_CONTROL_SYNC_DONE)) {
        auto end = decode_sync_done(*value);
        if (!end) {
            return unreadable(UnreadableReason::sync_done, std::move(end.error()));
        }
        done.cookie = std::move(end->cookie);
        done.refresh_deletes = end->refresh_deletes;
    }
    return Message(std::move(done));
}

// A refused probe says that the provider lives, but not how far it is: no message.
std::optional<Message> Session::decode_probe(LDAPMessage* message) {
    if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY) {
        EntryMessage entry;
        read_entry(connection_, message, entry);
        if (const Attribute* const csns = find_attribute(entry.attributes, "contextCSN")) {
            probe_->context_csns = csns->values;
        }
        return std::nullopt;
    }
    if (ldap_msgtype(message) != LDAP_RES_SEARCH_RESULT) {
        return std::nullopt;
    }
    const Probe probe = *std::exchange(probe_, std::nullopt);
    int code = LDAP_OTHER;
    if (ldap_parse_result(connection_.handle(), message, &code, nullptr, nullptr, nullptr, nullptr, 0) !=
            LDAP_SUCCESS ||
        code != LDAP_SUCCESS) {
        return std::nullopt;
    }
    return ProbeMessage{.context_csns = probe.context_csns, .asked_at = probe.asked_at};
}

}  // namespace entstream::producer::sync
