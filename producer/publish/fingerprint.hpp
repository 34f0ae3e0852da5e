#pragma once

#include <string>
#include <string_view>

#include "entstream/v1/change.pb.h"
#include "entstream/v1/state.pb.h"
#include "producer/producer_config.hpp"

namespace entstream::producer::publish {

/// What a cookie and the published entries of a search depend on, as 32 + 1 + 32 characters: the view (base, scope,
/// filter, bind DN), which decides what is there, and the attributes, which decide how it looks. Stable across versions
/// and machines.
std::string fingerprint(const SearchConfig& search, const ProducerConfig& config);

/// Whether two fingerprints have the same view: then a removal is the directory's, not the configuration's.
bool same_view(std::string_view left, std::string_view right);

/// What meta/source says (without sequence).
v1::SourceDescription describe(const ProducerConfig& config);

/// What a search could show: its view, in which directory.
/// \param suffix_uuid  octets; may be empty
std::string view_id(std::string_view fingerprint, std::string_view suffix_uuid);
/// The view that the stored state is of.
std::string view_id(const v1::SearchState& stored);
/// In place of a view_id where nobody knows it.
inline constexpr std::string_view unknown_view = "?";

}  // namespace entstream::producer::publish
