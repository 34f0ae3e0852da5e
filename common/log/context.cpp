#include "common/log/context.hpp"

namespace entstream::log {

namespace {

About& of_this_thread() {
    thread_local About about;
    return about;
}

}  // namespace

Context::Context(const About& about) : outer_(of_this_thread()) {
    About& now = of_this_thread();
    if (!about.source.empty()) {
        now.source = about.source;
    }
    if (!about.target.empty()) {
        now.target = about.target;
    }
    if (about.offset) {
        now.offset = about.offset;
    }
    if (!about.csn.empty()) {
        now.csn = about.csn;
    }
}

Context::~Context() {
    of_this_thread() = outer_;
}

const About& Context::current() {
    return of_this_thread();
}

}  // namespace entstream::log
