#include "producer/app/failures.hpp"

namespace entstream::producer::app {

bool Failures::may_pass(const kafka::Error& error) {
    switch (error.error_class()) {
        case kafka::ErrorClass::transient:
            return true;
        case kafka::ErrorClass::permanent:
            if (dynamic_cast<const kafka::TransactionAborted*>(&error) == nullptr) {
                return false;
            }
            break;
        case kafka::ErrorClass::fatal:
            break;
    }
    ++in_a_row_;
    return in_a_row_ < most_in_a_row;
}

}  // namespace entstream::producer::app
