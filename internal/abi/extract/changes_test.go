package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

func TestChanges(t *testing.T) {
	old, now := abi.NewDB(), abi.NewDB()
	for db, consts := range map[*abi.DB]map[string]string{
		old: {"SAME": "1", "OTHER": "2", "GONE": "3"}, now: {"SAME": "1", "OTHER": "4", "NEW": "5", "NEWER": "6"},
	} {
		for name, value := range consts {
			if err := db.AddConst("amd64", name, "linux/a.h", abi.Int, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range 25 {
		if err := old.AddSyscall("amd64", fmt.Sprintf("call%02d", i), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.AddType("amd64", abi.Struct, "s", "linux/a.h", &abi.Layout{Size: 4, Align: 4}); err != nil {
		t.Fatal(err)
	}
	if err := now.AddType("amd64", abi.Struct, "s", "linux/a.h", &abi.Layout{Size: 8, Align: 4}); err != nil {
		t.Fatal(err)
	}
	got := changes(old, now)
	for _, want := range []string{
		"constants: 2 new, 1 gone, 1 changed\n\tgone: GONE linux/a.h\n\tchanged: OTHER linux/a.h\n",
		"system calls: 0 new, 25 gone, 0 changed\n\tgone: call00\n", "\tgone: call19\n\tgone: 5 more\n",
		"types: 0 new, 0 gone, 1 changed\n\tchanged: struct s\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if got := changes(now, now); got != "constants: 0 new, 0 gone, 0 changed\nsystem calls: 0 new, 0 gone, 0 "+
		"changed\ntypes: 0 new, 0 gone, 0 changed\n" {
		t.Errorf("of one with itself: %s", got)
	}
}

// A mirror that has a newer package than the locked one, and that one no longer.
func TestLockedPackageThatTheMirrorHasDropped(t *testing.T) {
	if _, _, err := mirror("/etc/apt"); err != nil {
		t.Skip("no Debian archive: ", err)
	}
	bin, cache := t.TempDir(), t.TempDir()
	for name, script := range map[string]string{
		"apt-get": `case "$*" in *download*) echo "E: Version '7.3.4-1' for 'linux-libc-dev' was not found" >&2; exit 100;; esac`,
		"apt-cache": `[ -z "$MIRROR_VERSION" ] || printf 'Package: linux-libc-dev\nVersion: %s\nSHA256: ` +
			strings.Repeat("0", 64) + `\n' "$MIRROR_VERSION"`,
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	p := locked{"uapi", "linux-libc-dev", "7.3.4-1", "trixie-backports", strings.Repeat("a", 64)}
	for version, want := range map[string][]string{
		"7.3.9-1": {
			"linux-libc-dev 7.3.4-1 is locked", "has dropped it", "has 7.3.9-1", "extract -update",
			"snapshot.debian.org/binary/linux-libc-dev/", filepath.Join(cache, p.sha256) + ".deb",
		},
		"7.3.4-1": {"fetch linux-libc-dev 7.3.4-1", "which the mirror has", "was not found"},
		"":        {"fetch linux-libc-dev 7.3.4-1", "was not found", "apt-cache show linux-libc-dev"},
	} {
		t.Setenv("MIRROR_VERSION", version)
		_, err := p.unpacked(cache)
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("mirror with %q: %q is not in %v", version, w, err)
			}
		}
	}
}
