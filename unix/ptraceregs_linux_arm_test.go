package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestPtraceRegsArm(t *testing.T) {
	testOwnRegisters(t, unix.PtraceGetRegsArm, unix.PtraceSetRegsArm)
}

func TestPtraceRegsArm64(t *testing.T) {
	testRegistersOfNone(t, unix.PtraceGetRegsArm64, unix.PtraceSetRegsArm64)
}
