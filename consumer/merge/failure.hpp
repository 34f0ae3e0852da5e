#pragma once

#include <exception>
#include <stdexcept>
#include <string>

/// What can go wrong while a batch is merged, and what the caller does about it.
namespace entstream::consumer::merge {

/// What the caller does next.
enum class Failure {
    transient,  ///< lock timeout, deadlock, lost connection, server restart, Moodle upgrade: open() again, same batch
    in_doubt,   ///< the connection broke during COMMIT: open() again, position() tells whether the batch is in
    fenced,     ///< another process owns the source now, or the position stands elsewhere: claim() again or give up
    permanent,  ///< the data cannot be written: bisect the batch, the bad record goes to the dead-letter topic
    fatal,      ///< configuration, rights, another log, a restored database: stop with the message
};

/// The one place that decides. libpqxx's exceptions are told apart by SQLSTATE, our own by type; anything unknown
/// is fatal. A null pointer is fatal too.
Failure classify(const std::exception_ptr& error) noexcept;

/// What an error says, for the log: of data that the database refuses only the SQLSTATE, for PostgreSQL's own words
/// quote values, which are personal data.
std::string words_without_values(const std::exception& error);

/// The target cannot be used as it is; the message names place and remedy. Fatal.
class TargetError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The server answers but does not let us in: user, password, database, TLS. Fatal.
class AccessRefused : public TargetError {
  public:
    using TargetError::TargetError;
};

/// The database is not what the log was applied to: restored from a backup in part, or fed from another log. Fatal.
class TargetDiverged : public TargetError {
  public:
    using TargetError::TargetError;
};

/// The server did not answer or refused for now. Transient.
class Unreachable : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Moodle runs an upgrade or is in maintenance mode: nothing is written until that ends. Transient.
class Paused : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Another process raised the owner epoch, or the stored position is not where the batch begins. Nothing was written.
class Fenced : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Another process that lives serves this Moodle (entstream.lease). Nothing was written.
class Occupied : public Fenced {
  public:
    using Fenced::Fenced;
};

}  // namespace entstream::consumer::merge
