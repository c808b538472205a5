package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestPtraceRegs386(t *testing.T) {
	testOwnRegisters(t, unix.PtraceGetRegs386, unix.PtraceSetRegs386)
}

func TestPtraceRegsAmd64(t *testing.T) {
	testRegistersOfNone(t, unix.PtraceGetRegsAmd64, unix.PtraceSetRegsAmd64)
}
