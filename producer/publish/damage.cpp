#include "producer/publish/damage.hpp"

#include <algorithm>

namespace entstream::producer::publish {

namespace {

constexpr std::size_t most_named = 5;

}  // namespace

std::size_t Damage::records_of(EntryKind kind) const {
    const std::size_t of_members = kind == EntryKind::user ? 0 : members.size();
    return of_members + static_cast<std::size_t>(std::count_if(
                            entries.begin(), entries.end(), [kind](const auto& entry) { return entry.kind == kind; }));
}

std::string Damage::alarm(const std::string& topic) const {
    std::string text = "topic " + topic + ": skipped " +
                       (records.size() == 1 ? "a record" : std::to_string(records.size()) + " records") +
                       " that no entstream-producer of this log wrote:";
    for (std::size_t i = 0; i < std::min(records.size(), most_named); ++i) {
        text += (i == 0 ? " offset " : ", offset ") + std::to_string(records[i].offset) +
                " (key: " + records[i].key_kind + ')';
    }
    if (records.size() > most_named) {
        text += " and others up to offset " + std::to_string(records.back().offset);
    }
    return text +
           "; what they hide of the directory is published again; remedy: find the program that writes there, and let "
           "nobody but the account of this producer write to the topic";
}

}  // namespace entstream::producer::publish
