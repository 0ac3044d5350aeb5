import Engine

extension Sources {
  /// Calls to vendors, failed or not: one row per call.
  package static let calls = Contract(
    source: "calls", key: ["call_id"],
    fields: [
      .required("call_id", .text),
      .required("vendor_id", .text),
      .required("started_at", .instant),
      .required("duration_seconds", .integer(0...Int64.max)),
      .required("outcome", .enumerated(CallOutcome.vocabulary)),
      .optional("session_id", .text),
      .optional("intent_score", .integer(1...10)),
      .optional("estimated_value", .money(currency: nil)),
    ])
}

/// How a call ended; the raw value is the code in a batch.
package enum CallOutcome: Int64, CaseIterable, Sendable {
  /// The caller gave up waiting.
  case hangup
  /// The vendor declined.
  case rejection
  /// Nobody answered.
  case timeout
  /// The line was busy.
  case busy
  /// They talked.
  case success
  /// The caller took the call back before it could be answered: no failure of the vendor.
  case callerCancelled
  /// The network failed: no failure of the vendor.
  case network

  /// Whether the vendor lost the call.
  package var isFailure: Bool { rawValue <= CallOutcome.busy.rawValue }

  /// Whether the call makes the vendor a lead: a caller who was there and was lost.
  package var isMissedOpportunity: Bool { self == .hangup || self == .rejection }

  /// The word the specification gives it.
  package var word: String { Self.vocabulary.words[Int(rawValue)] }

  /// The words of real call logs that mean the same.
  package static let vocabulary = Vocabulary(
    ["hangup", "rejection", "timeout", "busy", "success", "caller_cancelled", "network"],
    synonyms: [
      "hangup": ["abandoned"],
      "rejection": ["rejected", "declined", "call_rejected"],
      "timeout": ["no-answer", "no_answer", "noanswer"],
      "busy": ["user_busy"],
      "success": ["completed", "connected", "answered"],
      "caller_cancelled": ["canceled", "cancelled"],
      "network": ["failed", "network_error"],
    ])
}
