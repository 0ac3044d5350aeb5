import CMalloc

/// Gives memory that was freed back to the system.
///
/// glibc keeps what is freed for the next request of the same thread's arena. Between the steps of a
/// run, which free hundreds of megabytes and then ask for other sizes from other threads, that would
/// be held for nothing. Takes a few milliseconds.
package func returnFreeMemory() { malloc_trim(0) }
