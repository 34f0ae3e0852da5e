#include "tests/unit/entgen/ldif_reader.hpp"

#include <ldap.h>
// lber and ldap first
#include <ldif.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "bench/entgen/directory.hpp"
#include "common/ldap/dn.hpp"

namespace entstream::entgen {

std::string Entry::first(const std::string& name) const {
    const auto found = attributes.find(name);
    return found == attributes.end() ? std::string() : found->second;
}

std::vector<std::string> Entry::all(const std::string& name) const {
    std::vector<std::string> values;
    const auto [begin, end] = attributes.equal_range(name);
    std::transform(begin, end, std::back_inserter(values), [](const auto& attribute) { return attribute.second; });
    return values;
}

bool Entry::has(const std::string& name, const std::string& value) const {
    const auto [begin, end] = attributes.equal_range(name);
    return std::any_of(begin, end, [&](const auto& attribute) { return attribute.second == value; });
}

std::vector<Entry> read_ldif(const std::string& text) {
    std::vector<Entry> entries;
    std::istringstream lines(text);
    std::string line;
    bool inside = false;
    while (std::getline(lines, line)) {
        if (line.empty()) {
            inside = false;
            continue;
        }
        const std::string original = line;
        berval name{};
        berval value{};
        int must_free = 0;
        if (ldif_parse_line2(line.data(), &name, &value, &must_free) != 0) {
            throw std::runtime_error("not LDIF: " + original);
        }
        std::string bytes = value.bv_len == 0 ? std::string() : std::string(value.bv_val, value.bv_len);
        const std::string attribute(name.bv_val, name.bv_len);
        if (must_free != 0) {
            ber_memfree(value.bv_val);
        }
        if (inside) {
            entries.back().attributes.emplace(attribute, std::move(bytes));
        } else if (attribute == "dn") {
            entries.push_back({std::move(bytes), {}});
            inside = true;
        } else {
            throw std::runtime_error("an entry begins without a dn: " + original);
        }
    }
    return entries;
}

Written write_region(const RegionOptions& options) {
    const Region region(options);
    std::ostringstream out;
    LdifWriter writer(&out);
    Written written;
    written.summary = write_directory(region, writer);
    writer.flush();
    written.ldif = out.str();
    written.entries = read_ldif(written.ldif);
    return written;
}

std::string normalised(const std::string& dn) {
    auto canonical = ldap::normalise_dn(dn);
    if (!canonical) {
        throw std::runtime_error("not a DN: " + dn);
    }
    return *canonical;
}

}  // namespace entstream::entgen
