#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/model/after_image.hpp"
#include "common/model/uuid.hpp"
#include "consumer/delta.hpp"
#include "consumer/map/mapping_config.hpp"
#include "consumer/map/required_attributes.hpp"
#include "entstream/v1/change.pb.h"

namespace entstream::consumer::map {

/// Makes Moodle's rows from entries. Built once from the configuration; its functions may be called from any thread.
///
/// An entry that is not selected gives a delta that is not present: it is handled like one that left the directory.
/// What an entry does not give although Moodle needs it is named in the delta's `problem` ("field: reason; remedy",
/// without personal data: it goes to logs and dead-letter headers); the rest of the entry is mapped nevertheless.
class Mapper {
  public:
    /// \throws config::ConfigError with every filter, regex and template that is wrong
    explicit Mapper(const MappingConfig& config);
    Mapper(Mapper&& other) noexcept;
    Mapper& operator=(Mapper&& other) noexcept;
    ~Mapper();

    [[nodiscard]] UserDelta user(const Uuid& uuid, Offset version, const AfterImage& image) const;
    [[nodiscard]] CohortDelta cohort(const Uuid& uuid, Offset version, const AfterImage& image) const;
    [[nodiscard]] RoleDelta role(const Uuid& uuid, Offset version, const AfterImage& image) const;

    [[nodiscard]] const RequiredAttributes& required_attributes() const { return required_; }

    /// What this mapping reads and a source does not publish, one sentence each with the remedy; empty: all is there.
    [[nodiscard]] std::vector<std::string> missing_in(const v1::SourceDescription& source) const;

    /// map::fingerprint() of the configuration.
    [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }

  private:
    std::unique_ptr<const CompiledMapping> mapping_;
    RequiredAttributes required_;
    std::string fingerprint_;
};

}  // namespace entstream::consumer::map
