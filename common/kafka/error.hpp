#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

/// Errors of the log, classified in this one place. librdkafka's own flags are kept beside our class, because a
/// transactional producer lives by them (rdkafka.h, "Transactional producer API").
namespace entstream::kafka {

/// What a caller can do about an error.
enum class ErrorClass : std::uint8_t {
    transient,  ///< the same call, or the same work, may succeed later: wait and repeat
    permanent,  ///< it will fail again until data, rights or settings change
    fatal,      ///< this client instance is finished: destroy it and make another, or leave
};

/// librdkafka's three flags. Copied out of rd_kafka_error_t, so that they survive it.
struct ErrorFlags {
    bool fatal{};
    bool retriable{};
    bool requires_abort{};
};

/// Anything that Kafka or librdkafka refused. The text names what was done, to which topic, and what was answered.
class Error : public std::runtime_error {
  public:
    Error(const std::string& text, rd_kafka_resp_err_t code, ErrorFlags flags = {});

    [[nodiscard]] rd_kafka_resp_err_t code() const { return code_; }
    [[nodiscard]] bool fatal() const { return flags_.fatal; }
    /// The same call may be repeated as it is (a commit or abort that timed out goes on where it was).
    [[nodiscard]] bool retriable() const { return flags_.retriable; }
    [[nodiscard]] ErrorClass error_class() const { return class_; }

  private:
    rd_kafka_resp_err_t code_;
    ErrorFlags flags_;
    ErrorClass class_;
};

/// The transaction was aborted (already done when this is thrown): none of its records will ever be seen. Begin
/// another one and repeat the work. One cause may abort two transactions in a row (librdkafka 2.0.2 reports a gap of
/// sequence numbers once more after a record was refused); repeat a few times before giving up. error_class() says
/// whether the cause is the data or the rights (permanent) or the moment (transient).
class TransactionAborted : public Error {
  public:
    using Error::Error;
};

/// Another producer with the same transactional id took over, or our transaction outlived its timeout on the broker
/// (a process that was suspended). Both look alike: this instance must not write again. Leave, and start anew.
class Fenced : public Error {
  public:
    using Error::Error;
};

/// The client instance is finished for another reason; a new instance may go on after init() and a fresh restore.
class FatalError : public Error {
  public:
    using Error::Error;
};

/// The topic does not exist (yet).
class TopicMissing : public Error {
  public:
    using Error::Error;
};

/// The offset to read from is not on the log: before its first record or behind its end.
class OffsetOutOfRange : public Error {
  public:
    using Error::Error;
};

/// Topics have settings under which entstream would lose data. what() has all refusals, one a line.
class TopicRefused : public std::runtime_error {
  public:
    /// \param refusals  each with topic, setting, value found, value wanted, remedy
    explicit TopicRefused(std::vector<std::string> refusals);

    [[nodiscard]] const std::vector<std::string>& refusals() const { return refusals_; }

  private:
    std::vector<std::string> refusals_;
};

/// Our class for librdkafka's code and flags.
ErrorClass classify(rd_kafka_resp_err_t code, ErrorFlags flags);

/// Throws the class of the hierarchy above that fits. `doing` begins the message: "commit the transaction of x".
[[noreturn]] void raise(const std::string& doing, rd_kafka_resp_err_t code, const std::string& reason,
                        ErrorFlags flags = {});

/// The same from an error object of librdkafka, which is destroyed. \pre error != nullptr
[[noreturn]] void raise(const std::string& doing, rd_kafka_error_t* error);

}  // namespace entstream::kafka
