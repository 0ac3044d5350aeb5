import Testing

@testable import Runner

@Suite("Stages run after what they need")
struct StageOrderTests {
  private func stages(_ needs: [(String, [String])]) -> [Selection.Candidate] {
    needs.map { Selection.Candidate(name: $0.0, needs: $0.1, tags: []) }
  }

  @Test("whatever the order they are listed in; what is not among them decides nothing")
  func order() throws {
    let listed = stages([
      ("report", ["weeks", "days"]), ("weeks", ["days"]), ("alone", ["published_earlier"]),
      ("days", ["ledger"]), ("ledger", []),
    ])
    #expect(try StageOrder.sorted(listed) == ["ledger", "days", "weeks", "report", "alone"])
    #expect(try StageOrder.sorted(listed.reversed()).firstIndex(of: "ledger") == 0)
    let shipped = RunPlan.candidates(Registry.stages)
    #expect(try StageOrder.sorted(shipped) == shipped.map(\.name), "the catalogue is in order")
  }

  @Test(
    "a circle is told with every stage of it, and none that only leads there",
    arguments: [
      ([("a", ["b"]), ("b", ["a"])], "a needs b needs a"),
      ([("x", ["a"]), ("a", ["b"]), ("b", ["c"]), ("c", ["a"])], "a needs b needs c needs a"),
      ([("self", ["self"])], "self needs self"),
    ] as [([(String, [String])], String)])
  func circle(needs: [(String, [String])], said: String) {
    let error = #expect(throws: RunError.self) { try StageOrder.sorted(stages(needs)) }
    #expect(error?.exit == .configuration)
    #expect(error?.message == "stages need each other in a circle: \(said)")
    #expect(error?.help.contains("upstream") == true)
  }
}
