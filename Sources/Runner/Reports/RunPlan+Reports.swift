import Files

/// What would keep a run from making its reports, found before it reads anything: its tables should
/// not be published without them.
extension RunPlan {
  /// Reads the reports that the run is to make; throws with all that is wrong with any of them.
  package func checkReports(of project: Project) throws(RunError) {
    guard options.makesReports else { return }
    _ = try project.reports(pipeline.reports, moneyDigits: context.currency.digits)
  }

  /// Throws where the run could not make its folder for reports, or not write there.
  package func checkOutput() throws(RunError) {
    guard options.makesReports, !options.isDryRun, !pipeline.reports.isEmpty,
      let why = FileSystem.whyNotWritable("\(output)/\(context.window.to.weekText)")
    else { return }
    throw RunError(
      .failed, "\(output): reports cannot be written there: \(why)",
      help: "give this user the folder's permissions, name another as `output:`, "
        + "or pass --no-reports")
  }
}
