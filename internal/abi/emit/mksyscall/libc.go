package mksyscall

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
)

// symbol is a function of a C library.
type symbol struct{ name, library string }

// symbol returns the function that a prototype calls on a system without numbers.
func (p *proto) symbol(s abi.System) (symbol, error) {
	name := strings.ToLower(strings.TrimPrefix(p.number(), "SYS_"))
	if p.target != "" && !strings.HasPrefix(p.target, "SYS_") {
		name = p.target
	}
	library, name, ok := strings.Cut(name, ".")
	if !ok {
		return symbol{library, s.Library}, nil
	}
	if s.Form != abi.Procedure {
		return symbol{}, p.errorf("%s has one library", s.Name)
	}
	return symbol{name, library + ".so"}, nil
}

// writeImports declares what the linker fills in.
func writeImports(b *strings.Builder, s abi.System, symbols []symbol) {
	slices.SortFunc(symbols, func(a, b symbol) int { return cmp.Compare(a.name, b.name) })
	for _, sym := range symbols {
		fmt.Fprintf(b, "//go:cgo_import_dynamic libc_%s %[1]s %q\n", sym.name, sym.library)
		if s.Form == abi.Procedure {
			fmt.Fprintf(b, "//go:linkname libc_%s libc_%[1]s\n", sym.name)
		}
	}
	if len(symbols) == 0 {
		return
	}
	b.WriteString("\nvar (\n")
	for _, sym := range symbols {
		if s.Form == abi.Procedure {
			fmt.Fprintf(b, "libc_%s procedure\n", sym.name)
		} else {
			fmt.Fprintf(b, "libc_%s_trampoline uintptr\n", sym.name)
		}
	}
	b.WriteString(")\n")
}

// trampolines returns the assembly file with a jump to each function, and a word with that jump's address.
func trampolines(constraint string, a abi.Arch, names map[string]bool) []byte {
	jump := "\tJMP\tlibc_%s(SB)\n"
	if a.Name == "ppc64" { // the function of the C library is in another module, and returns through the linker's stub
		jump = "\tCALL\tlibc_%s(SB)\n\tRET\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n//go:build %s\n\n#include \"textflag.h\"\n", gen.Header, constraint)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		fmt.Fprintf(&b, "\nTEXT libc_%s_jump<>(SB),NOSPLIT,$0-0\n"+jump, name, name)
		fmt.Fprintf(&b, "GLOBL\t·libc_%s_trampoline(SB), RODATA, $%d\n", name, a.Word)
		fmt.Fprintf(&b, "DATA\t·libc_%s_trampoline(SB)/%d, $libc_%[1]s_jump<>(SB)\n", name, a.Word)
	}
	return []byte(b.String())
}
