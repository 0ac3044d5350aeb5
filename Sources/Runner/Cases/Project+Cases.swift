import YAML

extension Project {
  /// The file of a pipeline's tests, nil where it has none: `<name>.test.yaml` beside
  /// `<name>.yaml`.
  package func testFile(ofPipelineFile file: String) -> String? {
    guard file.hasSuffix(".yaml") else { return nil }
    let tests = file.dropLast(5) + ".test.yaml"
    let folder = tests.lastIndex(of: "/").map { String(tests[..<$0]) } ?? "."
    let name = tests.split(separator: "/").last.map(String.init) ?? ""
    return Self.list(folder).contains(name) ? String(tests) : nil
  }

  /// The cases of a pipeline's tests; what is wrong with them is added to `problems`.
  func cases(ofPipelineFile file: String, problems: Problems) -> [PipelineCase] {
    guard let tests = testFile(ofPipelineFile: file) else { return [] }
    return CaseReader(
      loader: pipelineLoader, known: knownNames, world: Self.world, problems: problems,
      pipeline: file
    ).cases(file: tests)
  }

  /// The cases of a pipeline's tests.
  package func cases(_ nameOrPath: String) throws(RunError) -> [PipelineCase] {
    let problems = Problems()
    let cases = cases(ofPipelineFile: try pipelineFile(nameOrPath), problems: problems)
    do throws(YAMLError) { try problems.throwIfAny() } catch { throw RunError(error) }
    return cases
  }
}
