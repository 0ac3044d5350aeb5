import Glibc

/// Writes a coherent data set of a same-day services marketplace into a folder: vendors,
/// products, users, partners, calls, transactions, clicks, exchange rates, payouts, tax profiles,
/// resellers' accounts and `planted.csv`, which lists what is odd in them on purpose.
///
/// The files get their names only when all are complete. Memory holds one hour of one file and
/// the users' signup times. Linear in the rows.
///
/// - Returns: the files in the order of their making.
/// - Throws: ``GenerateError`` for options out of range, for a folder that already holds such
///   files (unless told to overwrite), or when writing fails; the folder is then as before.
@discardableResult
package func generate(
  _ options: GenerateOptions, into directory: String
) throws(GenerateError) -> [GeneratedFile] {
  try options.validate()
  let names =
    [
      "vendors", "products", "users", "partners", "calls", "transactions", "clicks",
      "exchange_rates", "payouts", "tax_profiles", "reseller_accounts", "planted",
    ].map { $0 + ".csv" }
  try makeFolder(directory)
  if !options.overwrite {
    for name in names where access("\(directory)/\(name)", F_OK) == 0 {
      throw GenerateError(
        place: directory, expected: "a folder without generated files", found: name,
        advice: "choose another folder, remove the file, or ask to overwrite")
    }
  }
  var finished = false
  defer {
    if !finished { for name in names { unlink(SampleFile.temporary(name, in: directory)) } }
  }
  let world = SampleWorld(options)
  var lines = SampleLines(world)
  var files = [
    try SampleVendor.write(world, in: directory),
    try SampleProduct.write(world, in: directory),
    try SampleUsers.write(world, in: directory, &lines),
    try SamplePartner.write(world, in: directory),
    try SampleCalls.write(world, in: directory),
    try SampleTransactions.write(world, in: directory, &lines),
    try SampleClicks.write(world, in: directory),
    try SampleRates.write(world, in: directory),
    try SamplePayouts.write(world, in: directory, lines),
    try SampleTax.write(world, in: directory),
    try SampleResellers.write(world, in: directory),
  ]
  files.append(try writePlanted(files, world, in: directory))
  for name in names {
    let path = "\(directory)/\(name)"
    guard rename(SampleFile.temporary(name, in: directory), path) == 0 else {
      throw GenerateError(
        place: path, expected: "a name the finished file can take",
        found: String(cString: strerror(errno)), advice: "remove what is there and try again")
    }
  }
  finished = true
  return files
}

/// The record of what was planted, for people and for tests.
private func writePlanted(
  _ files: [GeneratedFile], _ world: SampleWorld, in directory: String
) throws(GenerateError) -> GeneratedFile {
  var out = try SampleFile(
    "planted.csv", in: directory, header: "file,line,effect,reason,what", random: world.random(61))
  for file in files {
    for planted in file.planted {
      var row = RowBytes(file.name)
      row.comma()
      row.number(planted.line)
      row.text(",\(planted.effect.rawValue),\(planted.reason),")
      row.field(planted.what)
      try out.row(row)
    }
  }
  return try out.close()
}

/// Makes a folder and its parents.
private func makeFolder(_ directory: String) throws(GenerateError) {
  var path = directory.utf8.first == 0x2F ? "/" : ""
  for part in directory.split(separator: "/") {
    path += "\(part)/"
    if mkdir(path, 0o755) != 0, errno != EEXIST {
      throw GenerateError(
        place: path, expected: "a folder that can be made",
        found: String(cString: strerror(errno)), advice: "choose a folder you may write to")
    }
  }
  var status = stat()
  guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
    throw GenerateError(
      place: directory, expected: "a folder", found: "something else",
      advice: "choose another name")
  }
}
