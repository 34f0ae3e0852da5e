// Settings of jemalloc, which reads them from this symbol before main() begins.

extern "C" {
// Few arenas: some threads, which hand memory to each other. What is free goes back to the system within a second, so
// that the peak of a start does not stay.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables,readability-identifier-naming): jemalloc's name
const char* malloc_conf = "narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:0";
}
