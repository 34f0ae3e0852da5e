#include "consumer/read/find_entry.hpp"

#include <algorithm>

#include "common/ldap/dn.hpp"
#include "common/model/after_image.hpp"
#include "consumer/map/text.hpp"

namespace entstream::consumer::read {

namespace {

std::optional<std::string> dn_of(const std::string& text) {
    return text.find('=') == std::string::npos ? std::nullopt : ldap::normalise_dn(text);
}

}  // namespace

EntryFinder::EntryFinder(const map::Mapper& mapper, const std::string& whom, const std::vector<Uuid>& known)
    : mapper_(&mapper),
      whom_(map::with_case(whom, map::LetterCase::lower)),
      dn_(dn_of(whom)),
      uuid_(Uuid::from_text(whom)),
      known_(known.begin(), known.end()) {}

void EntryFinder::look_at(const LogRecord& record) {
    ParsedKey key;
    if (!record.value || !parse_key(record.key, key) ||
        (key.kind != KeyKind::user && key.kind != KeyKind::group && key.kind != KeyKind::role)) {
        return;
    }
    if (uuid_ && key.uuid != *uuid_) {
        return;
    }
    if (!decode(record, record_)) {
        return;
    }
    const bool is_meant = has_the_name();
    if (is_meant || entries_.contains(key.uuid)) {
        entries_[key.uuid] = {.uuid = key.uuid,
                              .kind = key.kind,
                              .offset = record.offset,
                              .change = record_.change,
                              .is_meant = is_meant};
    }
}

bool EntryFinder::has_the_name() const {
    if (uuid_ || known_.contains(record_.key.uuid)) {
        return true;
    }
    if (dn_) {
        return !record_.change.dn().empty() && ldap::normalise_dn(record_.change.dn()) == dn_;
    }
    if (record_.key.kind != KeyKind::user || record_.change.operation() == v1::OPERATION_DELETE) {
        return false;
    }
    const UserDelta user = mapper_->user(record_.key.uuid, 0, AfterImage(record_.change.attributes()));
    return user.present && user[UserField::username] == whom_;
}

std::vector<FoundEntry> EntryFinder::found() const {
    std::vector<FoundEntry> entries;
    for (const bool now : {true, false}) {
        for (const auto& [uuid, entry] : entries_) {
            if (entry.is_meant == now) {
                entries.push_back(entry);
            }
        }
        if (!entries.empty()) {
            break;
        }
    }
    std::sort(entries.begin(), entries.end(),
              [](const FoundEntry& left, const FoundEntry& right) { return left.offset < right.offset; });
    return entries;
}

}  // namespace entstream::consumer::read
