#include "producer/sync/protocol.hpp"

#include <lber.h>
#include <ldap.h>

#include <memory>
#include <new>
#include <utility>

namespace entstream::producer::sync {

namespace {

constexpr ber_int_t mode_refresh_and_persist = 3;

struct BerDeleter {
    void operator()(BerElement* element) const noexcept { ber_free(element, 1); }
};
using BerPtr = std::unique_ptr<BerElement, BerDeleter>;

// Reads the members of one BER value. Every read checks the tag; liblber's own do not.
class Reader {
  public:
    explicit Reader(std::string_view octets) : octets_(octets) {
        berval value{.bv_len = octets_.size(), .bv_val = octets_.data()};
        ber_.reset(ber_init(&value));
        if (ber_ == nullptr) {
            throw std::bad_alloc();
        }
    }

    // The tag of what comes next; LBER_DEFAULT at the end and where the rest is no BER.
    [[nodiscard]] ber_tag_t next() const {
        ber_len_t length = 0;
        return ber_peek_tag(ber_.get(), &length);
    }

    // Enters a constructed value that is to be all that is left.
    bool enter(ber_tag_t tag) {
        ber_len_t length = 0;
        if (next() != tag || ber_skip_tag(ber_.get(), &length) != tag) {
            return false;
        }
        return length == left();
    }

    std::optional<std::string> octets(ber_tag_t tag) {
        berval value{};
        if (next() != tag || ber_scanf(ber_.get(), "m", &value) == LBER_ERROR) {
            return std::nullopt;
        }
        return std::string(value.bv_val, value.bv_len);
    }

    std::optional<ber_int_t> enumerated() {
        ber_int_t value = 0;
        if (next() != LBER_ENUMERATED || ber_get_enum(ber_.get(), &value) == LBER_ERROR) {
            return std::nullopt;
        }
        return value;
    }

    // A BOOLEAN that may be left out. 389-ds writes it as ENUMERATED.
    bool flag_or(bool otherwise, bool& value) {
        value = otherwise;
        const ber_tag_t tag = next();
        if (tag != LBER_BOOLEAN && tag != LBER_ENUMERATED) {
            return true;
        }
        ber_int_t raw = 0;
        if (ber_get_int(ber_.get(), &raw) == LBER_ERROR) {
            return false;
        }
        value = raw != 0;
        return true;
    }

    // Whether a cookie that is announced by its tag could be read.
    bool optional_cookie(std::optional<std::string>& cookie) {
        if (next() != LDAP_TAG_SYNC_COOKIE) {
            return true;
        }
        cookie = octets(LDAP_TAG_SYNC_COOKIE);
        return cookie.has_value();
    }

    [[nodiscard]] bool at_end() const { return left() == 0; }

  private:
    [[nodiscard]] ber_len_t left() const {
        ber_len_t remaining = 0;
        ber_get_option(ber_.get(), LBER_OPT_BER_REMAINING_BYTES, &remaining);
        return remaining;
    }

    std::string octets_;
    BerPtr ber_;
};

tl::unexpected<std::string> malformed(const char* what) {
    return tl::unexpected<std::string>(std::string("malformed ") + what);
}

tl::expected<SyncInfo, std::string> decode_refresh(Reader& reader, ber_tag_t tag) {
    RefreshMessage message;
    message.present_phase = tag == LDAP_TAG_SYNC_REFRESH_PRESENT;
    if (!reader.enter(tag) || !reader.optional_cookie(message.cookie) || !reader.flag_or(true, message.done) ||
        !reader.at_end()) {
        return malformed("Sync Info Message (refresh)");
    }
    return message;
}

tl::expected<SyncInfo, std::string> decode_id_set(Reader& reader) {
    IdSetMessage message;
    if (!reader.enter(LDAP_TAG_SYNC_ID_SET) || !reader.optional_cookie(message.cookie) ||
        !reader.flag_or(false, message.refresh_deletes) || !reader.enter(LBER_SET)) {
        return malformed("Sync Info Message (syncIdSet)");
    }
    while (!reader.at_end()) {
        const std::optional<std::string> octets = reader.octets(LBER_OCTETSTRING);
        const std::optional<Uuid> uuid = octets ? Uuid::from_bytes(*octets) : std::nullopt;
        if (!uuid) {
            return malformed("Sync Info Message (syncIdSet): a UUID that is not 16 octets");
        }
        message.uuids.push_back(*uuid);
    }
    return message;
}

}  // namespace

std::string encode_sync_request(const std::optional<std::string>& cookie) {
    const BerPtr ber(ber_alloc_t(LBER_USE_DER));
    berval value{};
    const ber_int_t reload_hint = 1;
    if (ber == nullptr || ber_printf(ber.get(), "{e", mode_refresh_and_persist) < 0 ||
        (cookie && ber_printf(ber.get(), "o", cookie->data(), static_cast<ber_len_t>(cookie->size())) < 0) ||
        ber_printf(ber.get(), "b}", reload_hint) < 0 || ber_flatten2(ber.get(), &value, 0) != 0) {
        throw std::bad_alloc();
    }
    return {value.bv_val, value.bv_len};
}

tl::expected<SyncState, std::string> decode_sync_state(std::string_view value) {
    Reader reader(value);
    if (!reader.enter(LBER_SEQUENCE)) {
        return malformed("Sync State Control");
    }
    const std::optional<ber_int_t> state = reader.enumerated();
    if (!state || *state < LDAP_SYNC_PRESENT || *state > LDAP_SYNC_DELETE) {
        return malformed("Sync State Control: unknown state");
    }
    const std::optional<std::string> octets = reader.octets(LBER_OCTETSTRING);
    const std::optional<Uuid> uuid = octets ? Uuid::from_bytes(*octets) : std::nullopt;
    if (!uuid) {
        return malformed("Sync State Control: a UUID that is not 16 octets");
    }
    SyncState result{.state = static_cast<EntryState>(*state), .uuid = *uuid, .cookie = std::nullopt};
    if (!reader.optional_cookie(result.cookie) || !reader.at_end()) {
        return malformed("Sync State Control");
    }
    return result;
}

tl::expected<SyncDone, std::string> decode_sync_done(std::string_view value) {
    Reader reader(value);
    SyncDone result;
    if (!reader.enter(LBER_SEQUENCE) || !reader.optional_cookie(result.cookie) ||
        !reader.flag_or(false, result.refresh_deletes) || !reader.at_end()) {
        return malformed("Sync Done Control");
    }
    return result;
}

tl::expected<SyncInfo, std::string> decode_sync_info(std::string_view value) {
    Reader reader(value);
    switch (const ber_tag_t tag = reader.next()) {
        case LDAP_TAG_SYNC_NEW_COOKIE: {
            std::optional<std::string> cookie = reader.octets(tag);
            if (!cookie || !reader.at_end()) {
                return malformed("Sync Info Message (newcookie)");
            }
            return NewCookieMessage{.search = 0, .cookie = std::move(*cookie)};
        }
        case LDAP_TAG_SYNC_REFRESH_DELETE:
        case LDAP_TAG_SYNC_REFRESH_PRESENT:
            return decode_refresh(reader, tag);
        case LDAP_TAG_SYNC_ID_SET:
            return decode_id_set(reader);
        default:
            return malformed("Sync Info Message: unknown kind");
    }
}

}  // namespace entstream::producer::sync
