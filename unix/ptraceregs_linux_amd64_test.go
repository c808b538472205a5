package unix_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"kern.sys/unix"
)

func TestPtraceRegsAmd64(t *testing.T) {
	testOwnRegisters(t, unix.PtraceGetRegsAmd64, unix.PtraceSetRegsAmd64)
}

// entry386 is where the program of writeProgram386 starts.
const entry386 = 0x0804_8054

// writeProgram386 writes the smallest program of architecture 386, one that only spins: its headers are those of
// elf(5).
func writeProgram386(t *testing.T) string {
	t.Helper()
	le := binary.LittleEndian
	b := []byte("\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00") // 32 bits, little-endian, version 1
	b = le.AppendUint16(b, 2)                                              // an executable
	b = le.AppendUint16(b, 3)                                              // of the 386
	// version, entry, program headers, no sections, no flags
	for _, v := range []uint32{1, entry386, 52, 0, 0} {
		b = le.AppendUint32(b, v)
	}
	for _, v := range []uint16{52, 32, 1, 0, 0, 0} { // sizes of the header and of the one program header
		b = le.AppendUint16(b, v)
	}
	const size = 52 + 32 + 2
	// load all of it, readable and executable
	for _, v := range []uint32{1, 0, entry386 - 52 - 32, entry386 - 52 - 32, size, size, 5, 0x1000} {
		b = le.AppendUint32(b, v)
	}
	b = append(b, 0xeb, 0xfe) // jump here
	path := filepath.Join(t.TempDir(), "spin")
	ok(t, os.WriteFile(path, b, 0o755))
	return path
}

func TestPtraceRegs386(t *testing.T) {
	testRegistersOfNone(t, unix.PtraceGetRegs386, unix.PtraceSetRegs386)
	program := writeProgram386(t)
	if cmd := exec.Command(program); errors.Is(cmd.Start(), unix.ENOEXEC) {
		need(t, "programs of the 386", "", unix.ENOSYS)
	} else {
		_, _ = cmd.Process.Kill(), cmd.Wait()
	}
	traced(t, func(pid int) {
		var regs, again unix.PtraceRegs386
		if err := unix.PtraceGetRegs386(pid, &regs); err != nil || regs.Eip != entry386 {
			t.Errorf("%+v, %v: want eip %#x", regs, err, entry386)
		}
		regs.Ebx, regs.Esi = 0x1234567, -2
		if err := unix.PtraceSetRegs386(pid, &regs); err != nil {
			t.Error(err)
		}
		if err := unix.PtraceGetRegs386(pid, &again); err != nil || !bytes.Equal(bytesOf(&again), bytesOf(&regs)) {
			t.Errorf("%+v, want %+v (%v)", again, regs, err)
		}
	}, program)
}
