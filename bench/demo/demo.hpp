#pragma once

namespace entstream::demo {

/// `./dev demo`: starts slapd, Kafka and PostgreSQL, generates a region and a Moodle, runs both programs, shows the
/// load and then live changes with the time each took. \returns 0 only if every expectation held; 1 if one did not; 2
/// for wrong options
int run(int argc, char** argv);

}  // namespace entstream::demo
