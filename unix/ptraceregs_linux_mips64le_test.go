package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestPtraceRegsMips64le(t *testing.T) {
	testOwnRegisters(t, unix.PtraceGetRegsMips64le, unix.PtraceSetRegsMips64le)
}

func TestPtraceRegsMipsle(t *testing.T) {
	testRegistersOfNone(t, unix.PtraceGetRegsMipsle, unix.PtraceSetRegsMipsle)
}
