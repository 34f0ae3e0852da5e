#include "consumer/read/rejection.hpp"

namespace entstream::consumer::read {

std::string_view to_text(Stage stage) {
    switch (stage) {
        case Stage::value_converter:
            return "VALUE_CONVERTER";
        case Stage::transformation:
            return "TRANSFORMATION";
        case Stage::task_put:
            return "TASK_PUT";
    }
    return "";
}

}  // namespace entstream::consumer::read
