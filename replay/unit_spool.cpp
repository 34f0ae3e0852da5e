#include "replay/unit_spool.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace entstream::replay {

namespace {

[[noreturn]] void raise_spool_error() {
    throw std::system_error(errno, std::generic_category(), "the plan cannot be kept in a temporary file (TMPDIR)");
}

}  // namespace

UnitSpool::UnitSpool() : file_(std::tmpfile()) {
    if (!file_) {
        raise_spool_error();
    }
}

void UnitSpool::add(const consumer::merge::ReplayUnit& unit) {
    // JSON has no line feeds of its own.
    if (std::fwrite(unit.data(), 1, unit.size(), file_.get()) != unit.size() || std::fputc('\n', file_.get()) == EOF) {
        raise_spool_error();
    }
    ++size_;
}

std::vector<consumer::merge::ReplayUnit> UnitSpool::next(std::size_t most) {
    if (!std::exchange(reading_, true)) {
        if (std::fflush(file_.get()) != 0) {
            raise_spool_error();
        }
        std::rewind(file_.get());
    }
    std::vector<consumer::merge::ReplayUnit> units;
    char* line = nullptr;
    std::size_t space = 0;
    while (units.size() < most) {
        const ssize_t length = ::getline(&line, &space, file_.get());
        if (length <= 0) {
            break;
        }
        units.emplace_back(line, static_cast<std::size_t>(length) - 1);
    }
    std::free(line);
    return units;
}

}  // namespace entstream::replay
