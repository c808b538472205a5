package unix_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
	"unsafe"

	"kern.sys/unix"
)

// traced starts a program that stops at its first instruction, and calls f with its process on the thread that traces
// it.
func traced(t *testing.T, f func(pid int), name string, args ...string) {
	t.Helper()
	onKernel(t, "ptrace")
	onOwnThread(t, func() {
		cmd := exec.Command(name, args...)
		cmd.SysProcAttr = &unix.SysProcAttr{Ptrace: true}
		if err := cmd.Start(); err != nil {
			t.Errorf("start %s traced: %v", name, err)
			return
		}
		var w unix.WaitStatus
		defer func() { _ = cmd.Process.Kill(); _, _ = unix.Wait4(cmd.Process.Pid, &w, 0, nil) }()
		if _, err := unix.Wait4(cmd.Process.Pid, &w, 0, nil); err != nil || !w.Stopped() {
			t.Errorf("%#x, %v: the program did not stop", w, err)
			return
		}
		f(cmd.Process.Pid)
	})
}

func bytesOf[T any](v *T) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v)) }

// testOwnRegisters proves that the functions for the architecture that this is do what those without its name do: on
// a stopped copy of the test program.
func testOwnRegisters[R any](t *testing.T, get, set func(int, *R) error) {
	t.Helper()
	testRegistersOfNone(t, get, set)
	self, err := os.Executable()
	ok(t, err)
	traced(t, func(pid int) {
		var want, after unix.PtraceRegs
		var got R
		if err := unix.PtraceGetRegs(pid, &want); err != nil {
			t.Error(err)
		}
		if err := get(pid, &got); err != nil || !bytes.Equal(bytesOf(&got), bytesOf(&want)) {
			t.Errorf("registers %x, want %x (%v)", bytesOf(&got), bytesOf(&want), err)
		}
		want.SetPC(want.PC() + 4)
		copy(bytesOf(&got), bytesOf(&want))
		if err := set(pid, &got); err != nil {
			t.Error(err)
		}
		if err := unix.PtraceGetRegs(pid, &after); err != nil || after.PC() != want.PC() {
			t.Errorf("program counter %#x, want %#x (%v)", after.PC(), want.PC(), err)
		}
	}, self, "-test.run=^$")
}

// testRegistersOfNone makes the calls for an architecture on a process that does not exist.
func testRegistersOfNone[R any](t *testing.T, get, set func(int, *R) error) {
	t.Helper()
	onKernel(t, "ptrace")
	fails(t, get(1<<30, new(R)), unix.ESRCH)
	fails(t, set(1<<30, new(R)), unix.ESRCH)
}
