#pragma once

#include <memory>

#include "replay/command.hpp"

namespace entstream::replay {

/// One replay at a time changes a Moodle: an advisory lock of its database, held until the object ends, or the process.
class RunLock {
  public:
    /// Waits while another replay runs, and says who it is. \throws runtime::ProgramError  temporary: told to stop
    /// meanwhile \throws merge::Unreachable, merge::AccessRefused
    explicit RunLock(const Context& context);
    ~RunLock();
    RunLock(const RunLock&) = delete;
    RunLock& operator=(const RunLock&) = delete;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace entstream::replay
