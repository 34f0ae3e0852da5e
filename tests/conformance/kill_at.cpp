// Loaded into the program before its libraries (LD_PRELOAD): what no test could do from outside at the right moment.
//
// ENTSTREAM_TEST_KILL="before:3" or "after:3": SIGKILL around the third commit of a Kafka transaction.
// ENTSTREAM_TEST_SIGUSR1=1: SIGUSR1 does nothing, but interrupts system calls.

#include <dlfcn.h>
#include <librdkafka/rdkafka.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>

namespace {

bool is_due(const char* when, int commit) {
    const char* const wish = std::getenv("ENTSTREAM_TEST_KILL");
    return wish != nullptr && wish == std::string(when) + ':' + std::to_string(commit);
}

void interrupt(int /*signal*/) {}

[[gnu::constructor]] void take_sigusr1() {
    if (std::getenv("ENTSTREAM_TEST_SIGUSR1") != nullptr) {
        struct sigaction nothing {};
        nothing.sa_handler = interrupt;  // and no SA_RESTART
        sigaction(SIGUSR1, &nothing, nullptr);
    }
}

}  // namespace

extern "C" rd_kafka_error_t* rd_kafka_commit_transaction(rd_kafka_t* rk, int timeout_ms) {
    static const auto real =
        reinterpret_cast<decltype(&rd_kafka_commit_transaction)>(dlsym(RTLD_NEXT, "rd_kafka_commit_transaction"));
    static std::atomic<int> commits = 0;
    const int commit = ++commits;
    if (is_due("before", commit)) {
        std::raise(SIGKILL);
    }
    rd_kafka_error_t* const result = real(rk, timeout_ms);
    if (is_due("after", commit)) {
        std::raise(SIGKILL);
    }
    return result;
}
