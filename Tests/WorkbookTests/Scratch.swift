import Foundation

/// A folder for one test's files; kept where NIGHTMILL_SAMPLES names one, so that people can look
/// at them.
func scratch(_ name: String) throws -> String {
  let kept = ProcessInfo.processInfo.environment["NIGHTMILL_SAMPLES"]
  let folder = kept ?? NSTemporaryDirectory() + "nightmill-workbook-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  return folder + "/" + name
}
