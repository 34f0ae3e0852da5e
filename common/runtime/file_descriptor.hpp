#pragma once

#include <unistd.h>

#include <utility>

namespace entstream::runtime {

/// Owns a file descriptor. Movable.
class FileDescriptor {
  public:
    FileDescriptor() = default;
    explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
    ~FileDescriptor() { reset(); }
    FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        if (this != &other) {
            reset();
            descriptor_ = std::exchange(other.descriptor_, -1);
        }
        return *this;
    }

    /// -1: none.
    [[nodiscard]] int get() const { return descriptor_; }

    /// Gives it to somebody else to own.
    [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }

  private:
    void reset() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
        descriptor_ = -1;
    }

    int descriptor_ = -1;
};

}  // namespace entstream::runtime
