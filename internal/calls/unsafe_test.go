package calls

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// unsafeFiles are the files outside of package unix that import unsafe, without tests, and why. The library has
// one, for speed, with its measurement; elsewhere it hands memory to system calls that package unix leaves
// untyped.
var unsafeFiles = map[string]string{
	"netlink/wire/raw_linux.go":                          "send and receive without an allocation",
	"cmd/kern/internal/cli/bpf_linux.go":                 "bpf(2)",
	"cmd/kern/internal/ip/vrf_linux.go":                  "bpf(2) and SIOCADDMULTI",
	"cmd/kern/internal/ip/tunnel_linux.go":               "the ioctls of tunnels, whose argument holds a pointer",
	"cmd/kern/internal/bpf/maps_linux.go":                "bpf(2)",
	"cmd/kern/internal/bpf/bpftest/bpftest_linux.go":     "bpf(2)",
	"internal/bsdrun/files.go":                           "structures of the other system as bytes",
	"internal/bsdrun/signals.go":                         "ptrace(2)",
	"internal/bsdrun/tracer.go":                          "process_vm_readv(2)",
	"internal/gccgotest/program/calls.go":                "a program that tests unix",
	"internal/vmtest/init/modprobe_linux.go":             "init_module(2), without package unix",
	"internal/vmtest/init/system_linux.go":               "an ioctl, without package unix",
	"internal/dropin/compare/calls/memory.go":            "a program that tests unix",
	"internal/dropin/compare/calls/record.go":            "a program that tests unix",
	"internal/dropin/compare/calls/scenarios_sockets.go": "a program that tests unix",
	"internal/dropin/compare/calls/values.go":            "a program that tests unix",
	"internal/dropin/compare/calls/world.go":             "a program that tests unix",
	"benchmarks/calls.go":                                "bare system calls to compare with",
	"benchmarks/events.go":                               "bare system calls to compare with",
	"benchmarks/raw.go":                                  "bare system calls to compare with",
}

func TestUnsafeIsListed(t *testing.T) {
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if path != root && (rel == "unix" || d.Name() == "testdata" || d.Name() == "generated" ||
				strings.HasPrefix(d.Name(), ".")) {
				return filepath.SkipDir
			}
			return nil
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imported := range f.Imports {
			if imported.Path.Value == `"unsafe"` {
				found[rel] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range slices.Sorted(maps.Keys(found)) {
		if unsafeFiles[file] == "" {
			t.Errorf("%s imports unsafe and is not listed", file)
		}
	}
	for file := range unsafeFiles {
		if !found[file] {
			t.Errorf("%s is listed and does not import unsafe", file)
		}
	}
}
