package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

// TestTypesOfUnix checks package unix as gccgo would build it, for the architectures that only gccgo builds for and
// for two that have entry points of their own.
func TestTypesOfUnix(t *testing.T) {
	for _, arch := range append(abi.ForeignToGo(), "386", "mips") {
		t.Run(arch, func(t *testing.T) {
			u, err := load("../../unix", arch)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"Syscall", "Syscall6", "Syscall9", "SyscallNoError", "Fstat", "Fadvise", "Mmap",
				"PtraceGetRegs", "Open"} {
				if u.pkg.Scope().Lookup(name) == nil {
					t.Errorf("there is no %s", name)
				}
			}
		})
	}
}

// packageOf writes a package of one file, and returns its folder.
func packageOf(t *testing.T, src string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestMistakesAreAllReported(t *testing.T) {
	_, err := load(packageOf(t, "package unix\n\nvar a int = \"\"\n\nfunc f() { g() }\n"), "ppc")
	if err == nil || !strings.HasPrefix(err.Error(), "2 mistakes\n") || !strings.Contains(err.Error(), "undefined: g") {
		t.Errorf("%v", err)
	}
	dir := packageOf(t, "package unix\n")
	if err := os.WriteFile(filepath.Join(dir, "a_sparc64.s"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := load(dir, "ppc"); err != nil {
		t.Error(err)
	}
	if _, err := load(dir, "sparc64"); err == nil || !strings.Contains(err.Error(), "a_sparc64.s") {
		t.Errorf("assembly: %v", err)
	}
}

// TestStandIns fails for an architecture that has none, one that is unlike it, or no compiler.
func TestStandIns(t *testing.T) {
	archs := map[string]abi.Arch{}
	for _, a := range abi.Linux() {
		archs[a.Name] = a
	}
	for _, name := range abi.ForeignToGo() {
		a, b := archs[name], archs[standIn[name]]
		if b.Name == "" || a.Word != b.Word || a.Big != b.Big {
			t.Errorf("%q stands in for %s", b.Name, name)
		}
		if !a.Big {
			t.Errorf("%s is little-endian, and NativeEndian becomes BigEndian", name)
		}
		if target[name] != a.Target {
			t.Errorf("%s is called %q", name, target[name])
		}
	}
}

// modern prints a line for each thing that is written otherwise.
const modern = `package unix

import (
	"encoding/binary"
	"fmt"
	"iter"
	"runtime"
	"unsafe"
)

func first[T any](s []T) T { return s[0] }

func pair[A ~int | ~string, B any](a A, b []B) (A, B) { return a, first(b) }

func squares() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i := range 3 {
			if !yield(i*i, "square") {
				return
			}
		}
	}
}

func run() {
	n := 2
	fmt.Println(min(3, n), max(uint8(n), 7), min(n, 1))
	for range n {
		n--
	}
	fmt.Println(n, first([]string{"one"}), first([]int{1}), first[bool]([]bool{true}))
	fmt.Println(pair("a", []float64{2.5}))
	s := []int16{1, 2}
	*unsafe.SliceData(s) = 9
	fmt.Println(s, unsafe.SliceData([]int(nil)) == nil, *unsafe.StringData("A"))
	clear(s)
	fmt.Println(s, [2]int16(s))
	squares()(func(i int, name string) bool { fmt.Println(i, name); return i < 1 })
	var pin runtime.Pinner
	pin.Pin(&s[0])
	pin.Unpin()
	fmt.Println(binary.NativeEndian.Uint16([]byte{1, 0}))
}
`

// TestLoweredProgramDoesTheSame compiles what the lowering makes as Go 1.17, which has nothing of all that, and runs
// it.
func TestLoweredProgramDoesTheSame(t *testing.T) {
	u, err := load(packageOf(t, modern), "ppc64") // big-endian, as what the numbers below are
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files, err := writeLowered(u, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(string(b), "package unix", "package main", 1) + "\n"
		if strings.Contains(text, "func run()") {
			text += "func main() { run() }\n"
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module lowered\n\ngo 1.17\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local")
	got, err := cmd.CombinedOutput()
	const want = "2 7 1\n0 one 1 true\na 2.5\n[9 2] true 65\n[0 0] [0 0]\n0 square\n1 square\n256\n"
	if err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
}
