// Package nstest runs tests on the real kernel in throw-away namespaces. A package of integration tests says
//
//	func TestMain(m *testing.M) { nstest.Main(m) }
//
// and its tests may then do to the network what they like: as root or as an ordinary user, in parallel with
// the tests of other packages, leaving nothing behind.
package nstest
