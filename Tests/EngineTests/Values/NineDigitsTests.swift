import Engine
import Testing

@Suite("Nine digits that may be a tax number")
struct NineDigitsTests {
  @Test(arguments: [
    ("123456789", "***-**-6789"), ("123-45-6789", "***-**-6789"), ("123 45 6789", "***-**-6789"),
    ("12-3456789", "***-**-6789"), ("Ann 123-45-6789, 2", "Ann ***-**-6789, 2"),
    ("a=123456789;b=987-65-4321", "a=***-**-6789;b=***-**-4321"),
    // Too many, too few, or in groups that no tax number has.
    ("1234567890", "1234567890"), ("12345678", "12345678"), ("10001-1234", "10001-1234"),
    ("212-555-0100", "212-555-0100"), ("0123-45-6789", "0123-45-6789"), ("", ""),
    ("123-45-67890", "123-45-67890"), ("ñ123456789ñ", "ñ***-**-6789ñ"),
  ])
  func masked(text: String, expected: String) {
    #expect(NineDigits.masked(text) == expected)
  }
}
