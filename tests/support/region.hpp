#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "tests/support/servers_info.hpp"

namespace entstream::test {

/// Size of a generated region (bench/entgen).
struct RegionOptions {
    int schools = 2;
    int people = 0;  ///< 0: as many as the schools have; else exactly so many
    int seed = 1;
};

/// Writes the region's LDIF into `dir`. \returns its path \throws std::runtime_error with the generator's words
std::filesystem::path write_region_ldif(const RegionOptions& options, const std::filesystem::path& dir);

/// Makes the region the whole content of the directory (slapd restarts).
void load_directory(const ServersInfo& servers, const RegionOptions& options, const std::filesystem::path& dir);

/// Makes the database a fresh Moodle with the region's categories and courses. What was in it is dropped.
void load_moodle(const ServersInfo& servers, const RegionOptions& options, const std::filesystem::path& dir);

}  // namespace entstream::test
