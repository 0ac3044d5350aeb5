import Engine
import Testing

@testable import Metrics

@Suite("Contracts of the sources")
struct SourcesTests {
  // Protects imported call logs: every word of the specification's dictionary, in any case, has its
  // meaning, and a word that is not in it is refused rather than guessed.
  @Test(arguments: [
    (CallOutcome.hangup, "hangup abandoned Abandoned"),
    (.rejection, "rejection rejected declined call_rejected"),
    (.timeout, "timeout no-answer no_answer noanswer NoAnswer"),
    (.busy, "busy user_busy BUSY"),
    (.success, "success completed connected answered"),
    (.callerCancelled, "caller_cancelled canceled cancelled"),
    (.network, "network failed network_error"),
  ])
  func outcomeWords(outcome: CallOutcome, words: String) {
    for word in words.split(separator: " ") {
      let code = Array(word.utf8).withView { CallOutcome.vocabulary.code(of: $0) }
      #expect(code == outcome.rawValue, "\(word)")
    }
    #expect(Array("voicemail".utf8).withView { CallOutcome.vocabulary.code(of: $0) } == nil)
  }

  // Protects every stage that switches over an enumeration: raw values are the codes that batches
  // hold.
  @Test func codesAreRawValues() {
    #expect(CallOutcome.allCases.map(\.word) == CallOutcome.vocabulary.words)
    #expect(TransactionKind.allCases.count == TransactionKind.vocabulary.words.count)
    #expect(TransactionKind.vocabulary["dispute_won"] == TransactionKind.disputeWon.rawValue)
    #expect(BillingInterval.vocabulary["year"] == BillingInterval.year.rawValue)
    #expect(ClickEvent.vocabulary["add_to_cart"] == ClickEvent.addToCart.rawValue)
    #expect(PartnerStatus.vocabulary["terminated"] == PartnerStatus.terminated.rawValue)
    #expect(PayoutStatus.vocabulary["cancelled"] == PayoutStatus.cancelled.rawValue)
  }

  // Protects tax numbers: only their source is masked, and it is.
  @Test func onlyTaxProfilesHoldSecrets() {
    #expect(Sources.all.filter(\.holdsSecrets).map(\.source) == ["tax_profiles"])
  }

  // Protects plans and runs: a stage may only read what is declared, and tables need unique names.
  @Test func stagesReadWhatExists() {
    var tables: Set<String> = []
    var names: Set<String> = []
    for entry in StageCatalogue.all {
      for read in entry.stage.reads {
        let contract = Sources.named(read.source)
        #expect(contract != nil, "\(entry.stage.name) reads \(read.source)")
        let columns = contract?.fields.map(\.name) ?? []
        #expect(Set(read.columns).isSubset(of: columns), "\(entry.stage.name)")
      }
      #expect(names.isSuperset(of: entry.stage.upstream), "\(entry.stage.name) comes too early")
      #expect(names.insert(entry.stage.name).inserted)
      for schema in entry.stage.writes {
        #expect(tables.insert(schema.name).inserted, "\(schema.name) is written twice")
        let columns = schema.columns.map(\.name)
        #expect(Set(schema.key).isSubset(of: columns))
        #expect(schema.timeColumn.map(columns.contains) ?? true)
      }
    }
  }
}

@Suite("Bot list")
struct BotListTests {
  // Protects every figure about people: programs are found in any case and anywhere in the agent,
  // people stay.
  @Test(arguments: [
    ("", true), ("Googlebot/2.1", true), ("SOMEBOT", true), ("bot", true), ("my CRAWLer", true),
    ("Yahoo! Slurp", true), ("curl/8.5", true), ("Wget/1.21", true), ("wget", false),
    ("curling club", false), ("python-requests/2.31", true), ("Apache-HttpClient/4.5", true),
    ("HeadlessChrome/126.0", true), ("facebookexternalhit/1.1", true), ("LinkPreview", true),
    ("Baiduspider", true), ("Mozilla/5.0 (iPhone)", false), ("bo t", false), ("b", false),
    ("xxxxbo", false), ("\u{0182}OT", false),
  ])
  func matches(agent: String, expected: Bool) {
    #expect(Array(agent.utf8).withView { BotList.matches($0) } == expected)
  }
}
