package abi

import "slices"

// Arch is one architecture of a system: what Go calls it, how clang and the packages with its headers do.
type Arch struct {
	Name    string   // GOARCH, or "ppc" and "sparc64", which Go reserves without supporting them on Linux
	Target  string   // clang's -target
	Triplet string   // the folder with the architecture's own headers: Debian's multiarch name, or a wheel's
	Flags   []string // further flags that its ABI needs
	Word    int      // size of a C long and of a pointer, bytes
	Big     bool     // big-endian
}

// Linux returns every architecture that facts are kept for, sorted by name.
func Linux() []Arch {
	return []Arch{
		{Name: "386", Target: "i386-linux-gnu", Triplet: "i386-linux-gnu", Word: 4},
		{Name: "amd64", Target: "x86_64-linux-gnu", Triplet: "x86_64-linux-gnu", Word: 8},
		{Name: "arm", Target: "arm-linux-gnueabi", Triplet: "arm-linux-gnueabi", Word: 4},
		{Name: "arm64", Target: "aarch64-linux-gnu", Triplet: "aarch64-linux-gnu", Word: 8},
		{Name: "loong64", Target: "loongarch64-linux-gnu", Triplet: "loongarch64-linux-gnu", Word: 8},
		{Name: "mips", Target: "mips-linux-gnu", Triplet: "mips-linux-gnu", Word: 4, Big: true},
		{Name: "mips64", Target: "mips64-linux-gnuabi64", Triplet: "mips64-linux-gnuabi64", Word: 8, Big: true},
		{Name: "mips64le", Target: "mips64el-linux-gnuabi64", Triplet: "mips64el-linux-gnuabi64", Word: 8},
		{Name: "mipsle", Target: "mipsel-linux-gnu", Triplet: "mipsel-linux-gnu", Word: 4},
		{Name: "ppc", Target: "powerpc-linux-gnu", Triplet: "powerpc-linux-gnu", Word: 4, Big: true},
		{Name: "ppc64", Target: "powerpc64-linux-gnu", Triplet: "powerpc64-linux-gnu", Word: 8, Big: true},
		{Name: "ppc64le", Target: "powerpc64le-linux-gnu", Triplet: "powerpc64le-linux-gnu", Word: 8},
		// Relaxation leaves differences of addresses in the debug sections to the linker, and nothing is linked here.
		{Name: "riscv64", Target: "riscv64-linux-gnu", Triplet: "riscv64-linux-gnu", Flags: []string{"-mno-relax"}, Word: 8},
		{Name: "s390x", Target: "s390x-linux-gnu", Triplet: "s390x-linux-gnu", Word: 8, Big: true},
		{Name: "sparc64", Target: "sparc64-linux-gnu", Triplet: "sparc64-linux-gnu", Word: 8, Big: true},
	}
}

// ForeignToGo names the architectures of Linux that only gccgo builds for.
func ForeignToGo() []string { return []string{"ppc", "sparc64"} }

// GoLinux returns the architectures of Linux that Go builds for.
func GoLinux() []Arch {
	return slices.DeleteFunc(Linux(), func(a Arch) bool { return slices.Contains(ForeignToGo(), a.Name) })
}

// ArchNames returns the names of archs.
func ArchNames(archs []Arch) []string {
	names := make([]string, len(archs))
	for i, a := range archs {
		names[i] = a.Name
	}
	return names
}
