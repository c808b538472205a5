package abi

import "slices"

// Form is how programs of a system make a system call.
type Form string

// Forms of calls.
const (
	Number     Form = "number"     // by its number; the system promises that numbers keep their meaning
	Trampoline Form = "trampoline" // through a function of the C library, by the address of a jump to it
	Procedure  Form = "procedure"  // through a function of the C library, by a variable that has its address
)

// System is a system that package unix serves, and where its facts come from.
type System struct {
	Name    string // GOOS
	Archs   []Arch // sorted by name
	Form    Form
	Library string // that the C library's functions are imported from; "" where calls go by number
	Extends string // the GOOS whose files this system has too, and whose facts are its own: "" for none
	Facts   string // what the facts were read from, and at which version
}

// Systems returns every system that has facts, Linux first.
func Systems() []System {
	const zig = "headers of Zig 0.16's lib/libc/include (SB0LTD/sig bb2d3a171cd0), imported"
	return []System{
		{Name: "linux", Archs: Linux(), Form: Number, Facts: "Debian's packages in internal/abi/extract/packages.lock"},
		{Name: "aix", Archs: archs("ppc64"), Form: Procedure, Library: "libc.a/shr_64.o",
			Facts: "rust-lang/libc 2eda1e52fe2e (2026-08) and Go 1.26.8's package syscall, imported"},
		{Name: "darwin", Archs: archs("amd64", "arm64"), Form: Trampoline, Library: "/usr/lib/libSystem.B.dylib",
			Facts: "macOS 26.4, " + zig + "; what that lacks: apple-oss-distributions/xnu e3723e1f1766 (macOS 15.4), imported"},
		{Name: "dragonfly", Archs: archs("amd64"), Form: Number,
			Facts: "DragonFly 5.9-DEVELOPMENT, lileding/DragonFlyBSD f875a8eec79e (2020-07), imported"},
		{Name: "freebsd", Archs: archs("386", "amd64", "arm", "arm64", "riscv64"), Form: Number, Facts: "FreeBSD 15.0, " +
			zig},
		{Name: "illumos", Archs: archs("amd64"), Form: Procedure, Library: "libc.so", Extends: "solaris",
			Facts: "rcgoodfellow/illumos-gate c3d5f7c437 (2021-09), imported"},
		{Name: "netbsd", Archs: archs("386", "amd64", "arm", "arm64"), Form: Number, Facts: "NetBSD 10.1, " + zig},
		{Name: "openbsd", Archs: archs("386", "amd64", "arm", "arm64", "ppc64", "riscv64"), Form: Trampoline,
			Library: "libc.so",
			Facts:   "OpenBSD 7.8, " + zig},
		{Name: "solaris", Archs: archs("amd64"), Form: Procedure, Library: "libc.so",
			Facts: "rcgoodfellow/illumos-gate c3d5f7c437 (2021-09), imported: what illumos and Solaris share"},
	}
}

// FindSystem returns the system of a GOOS.
func FindSystem(name string) (System, bool) {
	all := Systems()
	i := slices.IndexFunc(all, func(s System) bool { return s.Name == name })
	if i < 0 {
		return System{}, false
	}
	return all[i], true
}

// archs returns architectures as systems other than Linux have them: of Linux's words and byte orders.
func archs(names ...string) []Arch {
	targets := map[string]string{
		"386": "i386", "amd64": "x86_64", "arm": "arm", "arm64": "aarch64", "ppc64": "powerpc64", "riscv64": "riscv64",
	}
	var out []Arch
	for _, a := range Linux() {
		if slices.Contains(names, a.Name) {
			out = append(out, Arch{Name: a.Name, Target: targets[a.Name], Word: a.Word, Big: a.Big})
		}
	}
	return out
}
