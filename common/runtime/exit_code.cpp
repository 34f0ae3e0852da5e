#include "common/runtime/exit_code.hpp"

#include "common/config/config_error.hpp"
#include "common/kafka/error.hpp"
#include "common/ldap/ldap_error.hpp"

namespace entstream::runtime {

namespace {

ExitCode of_kafka(const kafka::Error& error) {
    switch (error.code()) {
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
            return ExitCode::permission;
        case RD_KAFKA_RESP_ERR__SSL:
            return ExitCode::config;
        default:
            break;
    }
    switch (error.error_class()) {
        case kafka::ErrorClass::transient:
            return ExitCode::unavailable;
        case kafka::ErrorClass::fatal:
            return ExitCode::temporary;
        case kafka::ErrorClass::permanent:
            break;
    }
    // What stays is what brokers refuse for good: a replication factor, a size, a setting.
    return ExitCode::config;
}

ExitCode of_ldap(const ldap::LdapError& error) {
    switch (error.error_class()) {
        case ldap::ErrorClass::transient:
            return ExitCode::unavailable;
        case ldap::ErrorClass::auth:
            return ExitCode::permission;
        case ldap::ErrorClass::config:
            break;
    }
    return ExitCode::config;
}

}  // namespace

ExitCode exit_code_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const ProgramError& failure) {
        return failure.exit_code();
    } catch (const config::ConfigError&) {
        return ExitCode::config;
    } catch (const kafka::TopicRefused&) {
        return ExitCode::config;
    } catch (const kafka::OffsetOutOfRange&) {
        return ExitCode::bad_data;
    } catch (const kafka::Error& failure) {
        return of_kafka(failure);
    } catch (const ldap::LdapError& failure) {
        return of_ldap(failure);
    } catch (...) {
        return ExitCode::internal;
    }
}

}  // namespace entstream::runtime
