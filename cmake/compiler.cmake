# Warnings for our own code (generated protobuf code is exempt) and the sanitizer switch.

set(ENTSTREAM_SANITIZE "" CACHE STRING "Sanitizers for all targets, e.g. 'address,undefined' or 'thread'")

if(ENTSTREAM_SANITIZE)
  add_compile_options(-fsanitize=${ENTSTREAM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ENTSTREAM_SANITIZE})
endif()

add_library(entstream_warnings INTERFACE)
target_compile_options(entstream_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror)
if(ENTSTREAM_SANITIZE)
  # g++ 12 sees the checks that the sanitizers add to std::regex as uses of what is not initialized.
  target_compile_options(entstream_warnings INTERFACE -Wno-maybe-uninitialized)
endif()
