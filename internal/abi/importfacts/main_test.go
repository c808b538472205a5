package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHeaders imports the facts of one header of a system whose other headers are extracted.
func TestHeaders(t *testing.T) {
	root := t.TempDir()
	var files []string
	for arch, size := range map[string]string{"amd64": "8", "arm64": "4"} {
		file := filepath.Join(root, "darwin_"+arch+".txt")
		files = append(files, file)
		if err := os.WriteFile(file, []byte("const A int net/a.h 1\nconst B int net/b.h 2\n"+
			"const SYS_read int sys/syscall.h 3\nstruct s net/a.h size "+size+" align 4\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(root, "darwin", false, []string{"net/a.h"}, files); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"const.txt": "\nA int net/a.h 1\n", "syscall.txt": "absent)\n",
		"type.txt":   "\nstruct s net/a.h\n\tsize 8 align 4\n@arm64\n\tsize 4 align 4\n",
		"source.txt": "net/a.h: apple-oss-distributions/xnu ",
	} {
		b, err := os.ReadFile(filepath.Join(root, "internal/abi/facts/darwin/imported", name))
		if err != nil || !strings.Contains(string(b), want) || strings.Contains(string(b), "B int") ||
			name == "syscall.txt" && !strings.HasSuffix(string(b), want) {
			t.Errorf("%s is %q, %v, want %q", name, b, err, want)
		}
	}

	for want, test := range map[string]struct {
		system string
		only   []string
	}{
		"no facts of header net/c.h": {"darwin", []string{"net/a.h", "net/c.h"}},
		"facts of darwin: ":          {"darwin", nil},
		"facts of freebsd: ":         {"freebsd", nil},
		"facts of openbsd: ":         {"openbsd", []string{"net/a.h"}},
		"facts of dragonfly: ":       {"dragonfly", []string{"net/a.h"}},
	} {
		if err := run(root, test.system, false, test.only, files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s, %q: error is %v, want one with %q", test.system, test.only, err, want)
		}
	}
}
