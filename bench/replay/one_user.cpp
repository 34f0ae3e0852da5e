#include "bench/replay/one_user.hpp"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>

#include "bench/replay/moodle_in_step.hpp"
#include "bench/replay/replay_program.hpp"

namespace entstream::bench {

namespace {

constexpr double most_seconds_for_one = 1;
constexpr int healed_people = 7;
constexpr const char* name_by_hand = "BY HAND";

std::string last_name(pqxx::connection& database, std::int64_t id) {
    pqxx::nontransaction work(database);
    return work.exec1(fmt::format("SELECT lastname FROM mdl_user WHERE id = {}", id))[0].as<std::string>();
}

/// Somebody in the midst of the others. \returns his id and username
std::pair<std::int64_t, std::string> choose(pqxx::connection& database, int number) {
    pqxx::nontransaction work(database);
    const pqxx::row row =
        work.exec1(fmt::format("SELECT id, username FROM mdl_user WHERE auth = 'ldap' AND suspended = 0 AND id >= "
                               "(SELECT max(id) * {} / {} FROM mdl_user) ORDER BY id LIMIT 1",
                               number, healed_people + 1));
    return {row[0].as<std::int64_t>(), row[1].as<std::string>()};
}

std::vector<Figure> measure_one_user(int people) {
    MoodleInStep& moodle = moodle_in_step(people);
    moodle.start_both();
    pqxx::connection database(moodle.servers().conninfo());
    std::vector<double> healed;
    for (int person = 1; person <= healed_people; ++person) {
        const auto [id, username] = choose(database, person);
        const std::string former = last_name(database, id);
        pqxx::nontransaction(database).exec0(
            fmt::format("UPDATE mdl_user SET lastname = '{}' WHERE id = {}", name_by_hand, id));
        const Stopwatch watch;
        double seconds = 0;
        const ReplayProgram run =
            run_replay(moodle.pipeline(), {"sync", "--user", username, "--force", "--yes"}, [&, id = id] {
                if (seconds == 0 && last_name(database, id) == former) {
                    seconds = watch.seconds();
                }
            });
        if (last_name(database, id) != former) {
            throw std::runtime_error("the name is still wrong:\n" + run.out);
        }
        healed.push_back(seconds == 0 ? run.seconds : seconds);
        std::cerr << fmt::format("one-user {}: healed after {:.3f} s, the program ended after {:.3f} s\n", person,
                                 healed.back(), run.seconds);
    }
    moodle.pipeline().stop();
    return {{"seconds_to_healed_row", median(healed), most_seconds_for_one}};
}

}  // namespace

std::vector<Figure> one_user() {
    return measure_one_user(1000000);
}

std::vector<Figure> one_user_of_100000() {
    return measure_one_user(100000);
}

std::vector<Figure> one_user_of_10000() {
    return measure_one_user(10000);
}

}  // namespace entstream::bench
