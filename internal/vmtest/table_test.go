package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var columns = []*column{
	{Kernel: "6.1.176", Arch: "amd64", Elapsed: 61400 * time.Millisecond, Results: []result{
		{Package: "kern.sys/netns", Outcome: "pass", Passed: 38},
		{Package: "kern.sys/netlink", Outcome: "fail", Passed: 5, Failed: []string{"TestA", "TestB/sub"}, Skipped: []skipped{
			{"TestC", "dogs (needs Linux 6.2)"}, {"TestD", "cats (needs Linux 6.3)"}, {"TestE", "dogs (needs Linux 6.2)"},
			{"T1", "bytes"}, {"T2", "bytes"}, {"T3", "bytes"}, {"T4", "bytes"}, {"T5", "bytes"}, {"T6", "bytes"},
		}},
		{Package: "kern.sys/cmd/kern", Outcome: "fail", Note: "the guest went down"},
	}},
	{Kernel: "latest", Arch: "s390x", Doubts: []string{"list: apt-get: exit status 100\nW: odd\nE: " +
		"http://m.example/debian/x gone [IP: 192.0.2.1 80]\nE: of sid", "old"},
		Err: "no kernel latest for s390x in sid\nand more"},
}

func TestPrintTable(t *testing.T) {
	var b strings.Builder
	if err := printTable(&b, columns); err != nil {
		t.Fatal(err)
	}
	const want = `tests passed  6.1.176 amd64           latest s390x
netns         38                      not run
netlink       5, 2 FAILED, 9 skipped  not run
cmd/kern      0, FAILED               not run
time          1m1s                    0s
6.1.176 amd64 failed: kern.sys/netlink TestA
6.1.176 amd64 failed: kern.sys/netlink TestB/sub
6.1.176 amd64 failed: kern.sys/cmd/kern: the guest went down
latest s390x as found: list: debian/x gone
latest s390x as found: old
latest s390x failed: no kernel latest for s390x in sid
6.1.176 amd64 skipped: kern.sys/netlink TestC, TestE: dogs (needs Linux 6.2)
6.1.176 amd64 skipped: kern.sys/netlink TestD: cats (needs Linux 6.3)
6.1.176 amd64 skipped: kern.sys/netlink T1, T2, T3, T4, T5 and 1 more: bytes
`
	if b.String() != want {
		t.Errorf("printed\n%s", b.String())
	}
}

func TestColumnFails(t *testing.T) {
	for i, c := range []struct {
		column column
		want   bool
	}{
		{column{}, false},
		{column{Results: []result{{Outcome: "pass"}, {Outcome: "skip"}}}, false},
		{column{Results: []result{{Outcome: "pass"}, {Outcome: "fail"}}}, true},
		{column{Err: "no guest"}, true},
	} {
		if c.column.failed() != c.want {
			t.Errorf("%d: %v", i, !c.want)
		}
	}
}

func TestMarkdownReplacesResults(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kernels.md")
	now := time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	begin, other := fmt.Sprintf(resultsBegin, "amd64"), fmt.Sprintf(resultsBegin, "arm64")+"kept\n"+resultsEnd
	write("# Kernels\n" + other + begin + "old\n" + resultsEnd + "End.\n")
	for range 2 { // the same again
		if err := writeMarkdown(file, "vmtest -x", now, columns[:1]); err != nil {
			t.Fatal(err)
		}
	}
	want := "# Kernels\n" + other + begin + `
2026-11-25, by ` + "`vmtest -x`" + `:

| tests passed | 6.1.176 amd64 |
|---|---|
| netns | 38 |
| netlink | 5, 2 FAILED, 9 skipped |
| cmd/kern | 0, FAILED |
| time | 1m1s |

- 6.1.176 amd64 failed: kern.sys/netlink TestA
- 6.1.176 amd64 failed: kern.sys/netlink TestB/sub
- 6.1.176 amd64 failed: kern.sys/cmd/kern: the guest went down
- 6.1.176 amd64 skipped: kern.sys/netlink TestC, TestE: dogs (needs Linux 6.2)
- 6.1.176 amd64 skipped: kern.sys/netlink TestD: cats (needs Linux 6.3)
- 6.1.176 amd64 skipped: kern.sys/netlink T1, T2, T3, T4, T5 and 1 more: bytes

` + resultsEnd + "End.\n"
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	write("# Kernels\n")
	if err := writeMarkdown(file, "vmtest", now, columns); err == nil {
		t.Error("a file without a place for results was written")
	}
	if err := writeMarkdown(file+"x", "vmtest", now, columns); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
