package mksyscall

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

// callOn returns the files for one architecture of a system from one prototype, all in one text.
func callOn(t *testing.T, system, arch, prototype string) (string, error) {
	t.Helper()
	s, ok := abi.FindSystem(system)
	if !ok {
		t.Fatalf("no system is called %s", system)
	}
	s.Archs = slices.DeleteFunc(slices.Clone(s.Archs), func(a abi.Arch) bool { return a.Name != arch })
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "syscall_"+system+".go"), []byte("package unix\n\n"+prototype+"\n"),
		0o666); err != nil {
		t.Fatal(err)
	}
	files, err := Generate(dir, []abi.System{s}, func(abi.System, string, string) bool { return true })
	all := ""
	for _, b := range files {
		all += string(b)
	}
	return all, err
}

// TestForms has prototypes in the form that each system takes.
func TestForms(t *testing.T) {
	const pread = "//sys pread(fd int, p []byte, offset int64) (n int, err error)"
	for _, c := range []struct{ system, arch, prototype, want string }{
		{"freebsd", "amd64", pread, "Syscall6(SYS_PREAD, uintptr(fd), uintptr(_p1), uintptr(len(p)), uintptr(offset), 0, " +
			"0)"},
		{"freebsd", "386", pread, "Syscall6(SYS_PREAD, uintptr(fd), uintptr(_p1), uintptr(len(p)), uintptr(offset), " +
			"uintptr(offset>>32), 0)"},
		{"freebsd", "arm", pread, "Syscall6(SYS_PREAD, uintptr(fd), uintptr(_p1), uintptr(len(p)), 0, uintptr(offset), " +
			"uintptr(offset>>32))"},
		{"freebsd", "386", "//sys Seek(fd int, off int64, whence int) (n int64, err error) = SYS_LSEEK",
			"return int64(uint64(r1)<<32 | uint64(r0)), errOf(e1)"},
		{"netbsd", "amd64", "//sys Ftruncate(fd int, pad int, length int64) (err error)",
			"func Ftruncate(fd int, length int64) (err error) {\n\t_, _, e1 := Syscall(SYS_FTRUNCATE, uintptr(fd), 0, " +
				"uintptr(length))"},
		{"netbsd", "arm", "//sys Ftruncate(fd int, pad int, length int64) (err error)",
			"Syscall6(SYS_FTRUNCATE, uintptr(fd), 0, uintptr(length), uintptr(length>>32), 0, 0)"},
		{"dragonfly", "amd64", "//sysnb Issetugid() (tainted bool)",
			"r0, _, _ := RawSyscall(SYS_ISSETUGID, 0, 0, 0)\n\treturn r0 != 0"},
		{"darwin", "arm64", pread, "libc6(libc_pread_trampoline, uintptr(fd), uintptr(_p1), uintptr(len(p)), " +
			"uintptr(offset), 0, 0)\n\tif e1 != 0 {\n\t\treturn -1, e1\n\t}"},
		{"darwin", "arm64", pread, "//go:cgo_import_dynamic libc_pread pread \"/usr/lib/libSystem.B.dylib\""},
		{"darwin", "arm64", pread, "TEXT libc_pread_jump<>(SB),NOSPLIT,$0-0\n\tJMP\tlibc_pread(SB)\nGLOBL\t·libc_pread_t" +
			"rampoline(SB), RODATA, $8\n"},
		{"darwin", "amd64", "//sys open(fd int) (p cPointer, err error) = fdopendir",
			"libcPointer(libc_fdopendir_trampoline, uintptr(fd), 0, 0)"},
		{"openbsd", "386", pread, "libc6(libc_pread_trampoline, uintptr(fd), uintptr(_p1), uintptr(len(p)), " +
			"uintptr(offset), uintptr(offset>>32), 0)"},
		{"openbsd", "ppc64", "//sysnb Getpid() (pid int)", "\tCALL\tlibc_getpid(SB)\n\tRET\n"},
		{"openbsd", "amd64", "//sys Seek(fd int, off int64, whence int) (n int64, err error) = SYS_LSEEK",
			"if e1 != 0 && r0 == ^uintptr(0) {"},
		{"solaris", "amd64", "//sys accept(s int) (fd int, err error) = libsocket.accept",
			"//go:cgo_import_dynamic libc_accept accept \"libsocket.so\"\n//go:linkname libc_accept libc_accept\n"},
		{"solaris", "amd64", "//sysnb Getpid() (pid int)",
			"rawLibc(uintptr(unsafe.Pointer(&libc_getpid)), 0, 0, 0, 0, 0, 0, 0)"},
		{"aix", "ppc64", pread + " = pread64",
			"libc(uintptr(unsafe.Pointer(&libc_pread64)), 4, uintptr(fd), uintptr(_p1), uintptr(len(p)), uintptr(offset), " +
				"0, 0)"},
	} {
		got, err := callOn(t, c.system, c.arch, c.prototype)
		if err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s/%s %s: %v\n got %s\nwant %s", c.system, c.arch, c.prototype, err, got, c.want)
		}
	}
}

func TestFormsRefuse(t *testing.T) {
	const seven = "//sys f(a int, b int, c int, d int, e int, g int, h int) (err error) = x"
	for _, c := range []struct{ system, arch, prototype, want string }{
		{"solaris", "amd64", seven, "7 words of arguments on amd64"},
		{"darwin", "arm64", "//sys f() (err error) = libsocket.x", "darwin has one library"},
		{"openbsd", "amd64", "//sys f() (p cPointer, err error)", "cPointer is a result of darwin's functions"},
	} {
		if _, err := callOn(t, c.system, c.arch, c.prototype); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.prototype, err, c.want)
		}
	}
}
