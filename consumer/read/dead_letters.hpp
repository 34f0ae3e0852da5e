#pragma once

#include <deque>
#include <optional>
#include <string>

#include "common/kafka/producer.hpp"
#include "consumer/read/log_record.hpp"
#include "consumer/read/rejection.hpp"

namespace entstream::consumer::read {

/// Where records go that cannot be applied. Nothing is dropped without one.
class DeadLetters {
  public:
    DeadLetters() = default;
    DeadLetters(const DeadLetters&) = delete;
    DeadLetters& operator=(const DeadLetters&) = delete;
    virtual ~DeadLetters() = default;

    /// Takes a copy of the record. \param topic where the record stands
    virtual void add(const std::string& topic, const LogRecord& record, const Rejection& rejection) = 0;

    /// Returns when everything added is stored; called before the position moves beyond it.
    /// \throws kafka::Error  nothing is forgotten: call it again
    virtual void flush() = 0;

    /// Whether what is added goes anywhere.
    [[nodiscard]] virtual bool keeps() const { return true; }
};

/// The topic `<prefix>.<target>.dlq`: key and value as they are, headers as Kafka Connect has them, so that its users'
/// tools understand them (`__connect.errors.topic`, `.partition`, `.offset`, `.connector.name`, `.stage`,
/// `.exception.class.name`, `.exception.message`), and the log id. Headers hold no personal data. A topic that was
/// deleted is made anew.
class KafkaDeadLetters : public DeadLetters {
  public:
    KafkaDeadLetters(kafka::KafkaConfig config, std::string target);

    void add(const std::string& topic, const LogRecord& record, const Rejection& rejection) override;
    void flush() override;

    static std::string topic_of(const kafka::KafkaConfig& config, const std::string& target);

  private:
    struct Letter {
        std::string topic;
        std::string offset;
        std::string key;
        std::optional<std::string> value;
        std::string log_id;
        Rejection rejection;
    };
    void send(const Letter& letter);

    void send_all();

    kafka::KafkaConfig config_;
    std::string target_;
    std::optional<kafka::Producer> producer_;
    std::deque<Letter> letters_;  ///< not known to be stored
};

}  // namespace entstream::consumer::read
