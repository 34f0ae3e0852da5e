#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "producer/index/index.hpp"

namespace entstream::producer::publish {

/// Entries on the log that no search shows any more, because the configuration or the directory was changed, and that
/// are kept therefore: by the view that showed them last (view_id). When a search has that view again, what it does not
/// show has left.
class Withheld {
  public:
    void add(const index::EntryRef& ref, const std::string& view) { by_view_[view].insert(ref); }
    /// \returns whether it was there
    bool erase(const index::EntryRef& ref);

    [[nodiscard]] const std::set<index::EntryRef>& of_view(const std::string& view) const;
    [[nodiscard]] std::size_t count(EntryKind kind) const;
    /// Everything that is withheld, or what is of this view.
    [[nodiscard]] std::set<index::EntryRef> all(const std::string& view) const;

  private:
    std::map<std::string, std::set<index::EntryRef>> by_view_;
};

}  // namespace entstream::producer::publish
