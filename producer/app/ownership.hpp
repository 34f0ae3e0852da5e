#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "entstream/v1/state.pb.h"
#include "producer/producer_config.hpp"

namespace entstream::producer::app {

/// Which process publishes a source. A start takes the source over at once; who lost it so does not take it back, but
/// stands by: two processes under a service manager would otherwise take it from each other without end. Ends of
/// transactions tell a process only that it was fenced, not by whom, so each owner writes its name into the state topic
/// before anything else.
class Ownership {
  public:
    explicit Ownership(const ProducerConfig& config) : config_(&config) {}

    /// A new life begins. \returns what is to be written under publish::owner_key as soon as the log is taken over
    v1::OwnerState claim();

    /// After this process was fenced. Returns when it may take the source over: at once when nobody else has done so
    /// (its transaction outlived its time on the brokers), otherwise when nothing was written for so long that the
    /// other one must be gone. Or when keep_on says no. \throws kafka::Error, runtime::ProgramError  the topics cannot
    /// be read
    void stand_by(const std::function<bool()>& keep_on);

    /// A life has got as far as streaming.
    void forget() { taken_back_ = 0; }

  private:
    /// How long the owner may be silent. Longer each time: perhaps it cannot read the log back in less.
    [[nodiscard]] std::chrono::milliseconds patience() const;

    const ProducerConfig* config_;
    std::string id_;      ///< of this life
    int taken_back_ = 0;  ///< from owners that fell silent, in a row
};

}  // namespace entstream::producer::app
