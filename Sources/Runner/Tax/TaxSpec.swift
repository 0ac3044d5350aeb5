import Engine
import YAML

/// The block `tax` of a pipeline: who pays, and where the secrets are.
package struct TaxSpec: Sendable {
  /// Who pays and files.
  package let payer: Payer?
  /// The key that names tax numbers in the warehouse.
  package let key: SecretSource?

  /// Who pays and files.
  package struct Payer: Sendable {
    /// The name.
    package let name: String
    /// More of the name.
    package let nameLine2: String?
    /// The street.
    package let addressLine1: String
    /// More of the address.
    package let addressLine2: String?
    /// The city.
    package let city: String
    /// The state, in two letters.
    package let state: String
    /// The ZIP code.
    package let postalCode: String
    /// The country, in two letters.
    package let country: String
    /// A phone number for recipients' questions.
    package let phone: String?
    /// An e-mail address.
    package let email: String?
    /// The EIN.
    package let ein: SecretSource?
  }
}

/// Where a secret is kept: never in the pipeline file itself.
package enum SecretSource: Sendable, Equatable {
  /// A variable of the environment.
  case environment(String)
  /// A file whose first line it is; a relative path starts from the project.
  case file(String)

  /// Reads the secret; nil where the variable is unset or empty.
  ///
  /// - Throws: A message without the secret: the file is absent, unreadable or empty.
  func read(_ world: ConfigurationWorld, folder: String, what: String) throws(RunError) -> [UInt8]?
  {
    switch self {
    case .environment(let name):
      let text = world.environment(name) ?? ""
      return text.isEmpty ? nil : Array(text.utf8)
    case .file(let path):
      let path = RunPlan.resolve(path, in: folder)
      switch world.readFile(path) {
      case .text(let bytes):
        let line = Array(bytes.prefix { $0 != 0x0A && $0 != 0x0D })
        if !line.isEmpty { return line }
        throw RunError(
          .configuration, "\(path): the file of \(what) is empty",
          help: "write it on its first line")
      case .absent:
        throw RunError(
          .configuration, "\(path): there is no such file, and \(what) is to be read from it",
          help: "make it readable by nobody else: (umask 077; printf … > \(path))")
      case .unreadable(let reason):
        throw RunError(
          .configuration, "\(path): \(what) cannot be read: \(reason)",
          help: "check the permissions of the file")
      }
    }
  }
}

/// Reads the block `tax` of a pipeline.
struct TaxSpecReader {
  let reader: MappingReader

  func spec() -> TaxSpec {
    let payer = reader.optionalMapping("payer", what: "payer").flatMap { block($0) }
    let key = secret(reader, "tin_key", what: "the key")
    reader.finish()
    return TaxSpec(payer: payer, key: key)
  }

  private func block(_ own: MappingReader) -> TaxSpec.Payer? {
    let name = own.text("name", expected: "the payer's name")
    let nameLine2 = own.optionalText("name_line2")
    let line1 = own.text("address_line1", expected: "a street")
    let line2 = own.optionalText("address_line2")
    let city = own.text("city", expected: "a city")
    let state = own.text("state", expected: "two letters")
    let postalCode = own.text("postal_code", expected: "a ZIP code")
    let country = own.optionalText("country") ?? "US"
    let phone = own.optionalText("phone")
    let email = own.optionalText("email")
    let ein = secret(own, "ein", what: "the EIN")
    own.finish()
    guard let name, let line1, let city, let state, let postalCode else { return nil }
    return TaxSpec.Payer(
      name: name, nameLine2: nameLine2, addressLine1: line1, addressLine2: line2, city: city,
      state: state, postalCode: postalCode, country: country, phone: phone, email: email, ein: ein)
  }

  /// A secret's place. What is written instead is never repeated: it may be the secret itself.
  private func secret(_ reader: MappingReader, _ key: String, what: String) -> SecretSource? {
    guard let value = reader.optionalValue(key) else { return nil }
    guard value.node.mapping != nil, let own = value.mapping(key) else {
      value.fail("\(what) is not written here; say {environment: NAME} or {file: PATH}")
      return nil
    }
    let environment = own.optionalText("environment", expected: "the name of a variable")
    let file = own.optionalText("file", expected: "a path")
    own.finish()
    switch (environment, file) {
    case (let name?, nil): return .environment(name)
    case (nil, let path?): return .file(path)
    default:
      value.fail("expected either environment or file")
      return nil
    }
  }
}
