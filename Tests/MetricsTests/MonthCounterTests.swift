import Testing

@testable import Metrics

@Suite("Counts of the month before")
struct MonthCounterTests {
  // Protects volume bonuses: only the calendar month right before counts, however long ago the last
  // event was.
  @Test func monthBefore() {
    var counter = MonthCounter()
    #expect(counter.count(before: 5) == 0)
    counter.add(in: 5)
    counter.add(in: 5)
    #expect(counter.count(before: 5) == 0)
    #expect(counter.count(before: 6) == 2)
    #expect(counter.count(before: 7) == 0)
    counter.add(in: 6)
    #expect(counter.count(before: 6) == 2)
    #expect(counter.count(before: 7) == 1)
    counter.add(in: 9)
    #expect(counter.count(before: 9) == 0)
  }
}
