import CMalloc

/// Gives memory that was freed back to the system.
///
/// glibc keeps what is freed for the next request of the same thread's arena. Between the steps of a
/// run, which free hundreds of megabytes and then ask for other sizes from other threads, that would
/// be held for nothing. Takes a few milliseconds.
package func returnFreeMemory() { malloc_trim(0) }

/// Has every large block that is freed go back to the system at once, for the rest of the process.
///
/// glibc takes large blocks from the system one by one, until one is freed: from then on blocks of that
/// size come from its heap, where tables that grow leave holes behind that the next, larger one does
/// not fit into: of 50 million clicks within 512 MiB, 215 MiB. The price is page faults.
package func returnLargeBlocksAtOnce() { _ = mallopt(M_MMAP_THRESHOLD, 128 << 10) }
