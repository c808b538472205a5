package main

import (
	"encoding/binary"
	"slices"
	"testing"

	"kern.sys/internal/abi"
)

// TestLoaderImports reads a section with two symbols, one of them imported.
func TestLoaderImports(t *testing.T) {
	b := make([]byte, loaderHeader+2*loaderSymbol)
	be := binary.BigEndian
	be.PutUint32(b[4:], 2)
	be.PutUint64(b[32:], uint64(len(b)))
	be.PutUint64(b[40:], loaderHeader)
	be.PutUint32(b[loaderHeader+8:], 0)
	be.PutUint32(b[loaderHeader+loaderSymbol+8:], 4)
	b[loaderHeader+loaderSymbol+14] = symbolImported
	b = append(b, "own\x00taken\x00"...)
	if got, err := loaderImports(b); err != nil || !slices.Equal(got, []string{"taken"}) {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := loaderImports(b[:loaderHeader+loaderSymbol+4]); err == nil {
		t.Errorf("a section that is cut: %q", got)
	}
}

func TestExports(t *testing.T) {
	t.Chdir("../..")
	for system, names := range map[string][2]string{
		"illumos": {"clock_gettime", "clockgettime"}, "darwin": {"clonefile", "syncfs"},
		"openbsd": {"pledge", "getdtablesize64"}, "aix": {"statx", "kqueue"},
	} {
		s, _ := abi.FindSystem(system)
		exported, err := exports(s)
		if err != nil {
			t.Fatal(err)
		}
		if !exported[names[0]] || exported[names[1]] {
			t.Errorf("%s: %s %v, %s %v", system, names[0], exported[names[0]], names[1], exported[names[1]])
		}
	}
}
