package abi

import (
	"slices"
	"strings"
)

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

	// Folder is the one of the package in wheels.lock with the headers of all architectures, beside each's Triplet. It is
	// "" for a system whose facts are imported whole.
	Folder string
	// Imported is what the facts in the folder Imported were read from: those of headers that the package lacks.
	Imported string
}

// Systems returns every system that has facts, Linux first.
func Systems() []System {
	const zig = "headers of the package in internal/abi/extract/wheels.lock, extracted"
	return []System{
		{Name: "linux", Archs: Linux(), Form: Number, Facts: "Debian's packages in internal/abi/extract/packages.lock"},
		{Name: "aix", Archs: archs("ppc64"), Form: Procedure, Library: "libc.a/shr_64.o",
			Facts: "rust-lang/libc 2eda1e52fe2e (2026-08) and Go 1.26.8's package syscall, imported"},
		{Name: "darwin", Form: Trampoline, Library: "/usr/lib/libSystem.B.dylib",
			Archs: archs("amd64 x86_64-apple-macos13.0", "arm64 arm64-apple-macos13.0"),
			Facts: "macOS 27.0, " + zig, Folder: "any-darwin-any",
			Imported: "apple-oss-distributions/xnu e3723e1f1766 (macOS 15.4), imported"},
		{Name: "dragonfly", Archs: archs("amd64"), Form: Number,
			Facts: "DragonFly 5.9-DEVELOPMENT, lileding/DragonFlyBSD f875a8eec79e (2020-07), imported"},
		{Name: "freebsd", Form: Number, Archs: archs("386 i386-unknown-freebsd15.0 x86-freebsd-none",
			"amd64 x86_64-unknown-freebsd15.0 x86_64-freebsd-none",
			"arm armv7-unknown-freebsd15.0-gnueabihf arm-freebsd-eabihf",
			"arm64 aarch64-unknown-freebsd15.0 aarch64-freebsd-none",
			"riscv64 riscv64-unknown-freebsd15.0 riscv64-freebsd-none"),
			Facts: "FreeBSD 15.0, " + zig, Folder: "generic-freebsd"},
		{Name: "illumos", Archs: archs("amd64"), Form: Procedure, Library: "libc.so", Extends: "solaris",
			Facts: "rcgoodfellow/illumos-gate c3d5f7c437 (2021-09), imported"},
		{Name: "netbsd", Form: Number, Archs: archs("386 i386-unknown-netbsd11.0 x86-netbsd-none",
			"amd64 x86_64-unknown-netbsd11.0 x86_64-netbsd-none", "arm armv7-unknown-netbsd11.0-eabihf arm-netbsd-eabi",
			"arm64 aarch64-unknown-netbsd11.0 aarch64-netbsd-none"),
			Facts: "NetBSD 11.0, " + zig, Folder: "generic-netbsd",
			Imported: "NetBSD/src 2c545067c78a (revision 1.2 of 2023-07-30), imported"},
		{Name: "openbsd", Form: Trampoline, Library: "libc.so", Archs: archs("386 i386-unknown-openbsd7.9 x86-openbsd-none",
			"amd64 x86_64-unknown-openbsd7.9 x86_64-openbsd-none", "arm armv7-unknown-openbsd7.9-gnueabi arm-openbsd-eabi",
			"arm64 aarch64-unknown-openbsd7.9 aarch64-openbsd-none",
			"ppc64 powerpc64-unknown-openbsd7.9 powerpc64-openbsd-none",
			"riscv64 riscv64-unknown-openbsd7.9 riscv64-openbsd-none"),
			Facts: "OpenBSD 7.9, " + zig, Folder: "generic-openbsd"},
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

// archs returns architectures as systems other than Linux have them: of Linux's words, byte orders and flags. Each is
// a GOARCH, and where its facts are extracted, clang's target and the package's folder with its own headers, if any.
func archs(lines ...string) []Arch {
	var out []Arch
	for _, line := range lines {
		w := append(strings.Fields(line), "", "")
		i := slices.IndexFunc(Linux(), func(a Arch) bool { return a.Name == w[0] })
		a := Linux()[i]
		out = append(out, Arch{Name: w[0], Target: w[1], Triplet: w[2], Flags: a.Flags, Word: a.Word, Big: a.Big})
	}
	return out
}
