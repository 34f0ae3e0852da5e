#pragma once

#include <span>
#include <string>
#include <string_view>

namespace entstream::entgen {

// Invented or very common names, in UTF-8, with the accents, apostrophes, hyphens and spaces that real ones have.

std::span<const std::string_view> female_first_names();
std::span<const std::string_view> male_first_names();
/// In capitals, as the administrative systems write them.
std::span<const std::string_view> surnames();
/// In capitals, without the kind of school.
std::span<const std::string_view> school_names();
std::span<const std::string_view> towns();

/// Lower-case ASCII form of a name for logins and mail addresses: `D'ARGOËT` gives `dargoet`, `LE GUEN` `le-guen`.
std::string ascii_login(std::string_view name);

}  // namespace entstream::entgen
