package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestPtraceRegsArm64(t *testing.T) {
	testOwnRegisters(t, unix.PtraceGetRegsArm64, unix.PtraceSetRegsArm64)
}

func TestPtraceRegsArm(t *testing.T) {
	testRegistersOfNone(t, unix.PtraceGetRegsArm, unix.PtraceSetRegsArm)
}

func TestPtraceRegSetArm64(t *testing.T) {
	testOwnRegisters(t, func(pid int, r *unix.PtraceRegsArm64) error {
		return unix.PtraceGetRegSetArm64(pid, unix.NT_PRSTATUS, r)
	},
		func(pid int, r *unix.PtraceRegsArm64) error {
			return unix.PtraceSetRegSetArm64(pid, unix.NT_PRSTATUS, r)
		})
}
