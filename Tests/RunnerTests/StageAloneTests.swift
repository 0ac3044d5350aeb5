import Foundation
import Testing

@testable import Runner

@Suite("Every stage of the shipped pipelines runs by itself on a new warehouse")
struct StageAloneTests {
  /// A small data set, made once.
  private static let inputs = Result { () throws -> Scratch in
    let scratch = try Scratch()
    try generate(
      GenerateOptions(users: 120, seed: 7, clicks: 1200, badRows: false), into: scratch.path)
    return scratch
  }

  /// The stages of a shipped pipeline.
  private static func stages(of pipeline: String) -> [String] {
    (try? Project(folder: PipelineWorld.root).pipeline(pipeline).stages) ?? []
  }

  private static let cases = ["nightly", "weekly"].flatMap { pipeline in
    stages(of: pipeline).map { (pipeline, $0) }
  }

  // Protects the analyst who makes one stage: no check may judge what that run cannot know.
  @Test(arguments: cases)
  func alone(pipeline: String, stage: String) throws {
    let inputs = try Self.inputs.get()
    let scratch = try Scratch()
    var job = Job(inputs: inputs.path, warehouse: "\(scratch.path)/w.db", to: "2026-11-15")
    job.pipeline = pipeline
    job.hasOwnProgram = false
    job.options.select = "+\(stage)"
    let project = try Project(folder: PipelineWorld.root)
    let outcome = try job.run()
    #expect(outcome.isPublished)
    // And what is published stands the checks of the whole pipeline.
    let check = try ProjectCheck(project, pipeline: pipeline)
    var selection = ProjectCheck.Selection()
    selection.warehouse = "sqlite:\(job.warehouse)"
    try check.runChecks(selection) { finding in
      #expect(finding.status != .fail, "\(finding.name): \(finding.detail)")
    }
  }

  // Protects the test itself from looking at nothing.
  @Test func thereAreStages() { #expect(Self.cases.count > 40) }
}
