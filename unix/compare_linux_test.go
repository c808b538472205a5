package unix_test

import (
	"encoding/binary"
	"testing"

	"kern.sys/unix"
)

// compare fails the test if a number is not the wanted one, or not EOVERFLOW where that does not fit.
func compare[T int | uint32 | uint64](t *testing.T, what string, got T, err error, want T, fits bool) {
	t.Helper()
	if fits && (got != want || err != nil) || !fits && err != unix.EOVERFLOW {
		t.Errorf("%s: %#x, %v; want %#x, which fits: %t", what, got, err, want, fits)
	}
}

// native returns a number in the bytes that the kernel has for it.
func native(v any) []byte {
	b, err := binary.Append(nil, binary.NativeEndian, v)
	if err != nil {
		panic(err)
	}
	return b
}
