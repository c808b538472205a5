package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestPtraceRegsMips64(t *testing.T) {
	testOwnRegisters(t, unix.PtraceGetRegsMips64, unix.PtraceSetRegsMips64)
}

func TestPtraceRegsMips(t *testing.T) {
	testRegistersOfNone(t, unix.PtraceGetRegsMips, unix.PtraceSetRegsMips)
}
