#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "producer/index/attribute_names.hpp"
#include "producer/index/index.hpp"
#include "producer/producer_config.hpp"

namespace entstream::producer::publish {

/// Published of every entry, configured or not: it decides conflicts in the target.
inline constexpr std::string_view create_timestamp = "createTimestamp";

/// Which attributes are published, by kind: those of the configuration and createTimestamp, which decides conflicts in
/// the target. entryCSN never: it has its own field and would make every write of the directory a change.
class Selection {
  public:
    enum class Use : std::uint8_t { undecided, published, members, ignored };

    /// Teaches `names` the configuration's spelling.
    /// \pre the searches of one kind agree (agree_by_kind)
    Selection(const ProducerConfig& config, index::AttributeNames& names);

    /// What becomes of an attribute of this kind's entries.
    Use use(EntryKind kind, index::NameId name, const index::AttributeNames& names);

  private:
    struct ByKind {
        std::vector<std::string> selected;  ///< lower case, without options
        std::string member_attribute;       ///< lower case; empty for users
        std::vector<Use> decided;           ///< by name id
    };

    std::array<ByKind, index::entry_kinds.size()> kinds_;
};

/// Makes all searches of one kind ask for the same attributes (the union): an entry that two searches hold must look
/// the same from both. Of one member attribute they are already (load_config).
ProducerConfig agree_by_kind(ProducerConfig config);

}  // namespace entstream::producer::publish
