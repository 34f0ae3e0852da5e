#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/model/uuid.hpp"
#include "consumer/consumer_config.hpp"
#include "consumer/delta.hpp"
#include "consumer/merge/plan.hpp"

/// Who or what is meant by a name, as Moodle and entstream's tables know it.
namespace entstream::consumer::merge {

/// An account, cohort or role object.
struct KnownObject {
    std::string kind;               ///< user, cohort or role
    std::string source;             ///< empty: no entry of the directory is linked to it
    std::optional<Uuid> uuid;       ///< of that entry
    std::int64_t moodle_id{};       ///< of the account or cohort; 0: none
    std::optional<Offset> version;  ///< offset of the record that was applied last
};

/// What says that an object of a plan is to be changed.
struct RecordOfObject {
    std::optional<Offset> version;  ///< of the record; nullopt: none that was applied
    std::string parent;             ///< of a role assignment: the role object that gives it
    std::string reason;             ///< as Decision has it
};

/// Asks once each, in READ ONLY transactions on a connection of their own.
/// \throws Unreachable, AccessRefused, TargetError  no server, no right, no Moodle there
class ObjectLookup {
  public:
    explicit ObjectLookup(const ConsumerConfig& config) : config_(config) {}

    /// Accounts with this username, ID number, e-mail address or id; several: they have the same one.
    [[nodiscard]] std::vector<KnownObject> persons(const std::string& name) const;
    /// Cohorts with this ID number, name or id.
    [[nodiscard]] std::vector<KnownObject> cohorts(const std::string& name) const;
    /// Role objects that give the same as this one.
    [[nodiscard]] std::vector<KnownObject> roles(const RoleDelta& role) const;
    /// Why objects of a plan are not to be changed any more, a sentence each, in their order; empty: Moodle has it so
    /// by now. \param log_end  the first offset that the plan had not read
    [[nodiscard]] std::vector<std::string> why_left(const std::string& source, Offset log_end,
                                                    const std::vector<PlannedObject>& objects) const;
    /// Which applied records say so, of objects of a plan, in their order.
    [[nodiscard]] std::vector<RecordOfObject> records(const std::string& source,
                                                      const std::vector<PlannedObject>& objects) const;
    /// What an entry is linked to.
    [[nodiscard]] std::vector<KnownObject> entry(const Uuid& uuid) const;

  private:
    const ConsumerConfig& config_;
};

}  // namespace entstream::consumer::merge
