package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestPtraceRegsMips(t *testing.T) {
	testOwnRegisters(t, unix.PtraceGetRegsMips, unix.PtraceSetRegsMips)
}

func TestPtraceRegsMips64(t *testing.T) {
	testRegistersOfNone(t, unix.PtraceGetRegsMips64, unix.PtraceSetRegsMips64)
}
