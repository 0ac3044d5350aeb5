import Engine
import Testing

// Protects warehouses made by earlier versions: a fingerprint that changed would make every applied
// migration look edited.
@Test(
  "A stored fingerprint is 128-bit FNV-1a, in every version",
  arguments: [
    ("", "6c62272e07bb014262b821756295c58d"), ("a", "d228cb696f1a8caf78912b704e4a8964"),
    ("foobar", "343e1662793c64bf6f0d3597ba446f18"),
  ])
func storedFingerprints(text: String, expected: String) {
  #expect(storedFingerprint(text) == expected)
}
