import Glibc

/// The most memory that this process held at a time, in bytes, as the kernel counts it; nil where it
/// does not say. A process that was just made counts what its parent held.
package func peakMemory() -> Int? {
  var usage = rusage()
  // Linux counts in kibibytes.
  return getrusage(RUSAGE_SELF.rawValue, &usage) == 0 ? usage.ru_maxrss * 1024 : nil
}
