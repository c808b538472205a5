package netlink

// weighed is a value of a map that belongs to the API. The linker leaves a map out of a program that does not use
// it, but only one whose literal the compiler counts 20 parts in, and makes all others at the start of every
// program. In a map of two lines
//
//	"tun": weighed[TuntapMode]{TUNTAP_MODE_TUN, 0, 0}.value,
//
// is enough; seven plain lines are, too. internal/sizes finds a map that is too light.
type weighed[T any] struct {
	value T
	a, b  uint8
}
