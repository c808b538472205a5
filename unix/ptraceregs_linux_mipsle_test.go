package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestPtraceRegsMipsle(t *testing.T) {
	testOwnRegisters(t, unix.PtraceGetRegsMipsle, unix.PtraceSetRegsMipsle)
}

func TestPtraceRegsMips64le(t *testing.T) {
	testRegistersOfNone(t, unix.PtraceGetRegsMips64le, unix.PtraceSetRegsMips64le)
}
