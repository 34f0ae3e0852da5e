#pragma once

#include "common/kafka/error.hpp"

namespace entstream::producer::app {

/// Which failures of Kafka end the program, and which only a life of it, once it has started.
class Failures {
  public:
    /// Transactions that are refused for good, or clients that break down, before waiting is over.
    static constexpr int most_in_a_row = 5;

    /// Whether another life may get beyond this failure. Outages pass. A cause that lies in rights, settings or data
    /// can spoil two transactions in a row (kafka::TransactionAborted) and be mended meanwhile, but is not waited for
    /// without end.
    bool may_pass(const kafka::Error& error);

    /// A life has got as far as streaming.
    void forget() { in_a_row_ = 0; }

  private:
    int in_a_row_ = 0;
};

}  // namespace entstream::producer::app
