package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// gnuCPIO is what GNU cpio 2.13 ("cpio -o -H newc --reproducible --owner=0:0") makes of a device, a directory with a
// file and a symbolic link; without the zeros at the end. Each ~ is a zero byte.
const gnuCPIO = "" + // con, dir, dir/f, link
	"07070100000000000021800000000000000000000000016B062D2000000000000000000000000000000005000000010000000400000000con" +
	"~~~" +
	"07070100000001000041ED0000000000000000000000026B062D1F00000000000000000000000000000000000000000000000400000000dir" +
	"~~~" +
	"07070100000002000081A40000000000000000000000016B062D1F00000005000000000000000000000000000000000000000600000000dir" +
	"/f~hello~~~" +
	"070701000000030000A1FF0000000000000000000000016B062D2000000005000000000000000000000000000000000000000500000000lin" +
	"k~~dir/f~~~" +
	"07070100000000000000000000000000000000000000010000000000000000000000000000000000000000000000000000000B00000000TRA" +
	"ILER!!!~~~~"

func TestArchiveIsThatOfGNUCPIO(t *testing.T) {
	var b bytes.Buffer
	a := newArchive(&b)
	a.charDevice("con", 0o600, 5, 1)
	a.stream("/dir/./f", 0o644, 5, strings.NewReader("hello and more"))
	a.dir("dir", 0o755) // is there
	a.symlink("link", "dir/f")
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	got, want := normal(b.String()), normal(strings.ReplaceAll(gnuCPIO, "~", "\x00"))
	if got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

// normal returns an archive without what may differ: inodes, link counts, times.
func normal(cpio string) string {
	b := []byte(cpio)
	for i := 0; i+110 <= len(b); i++ {
		if string(b[i:i+6]) == "070701" {
			for _, field := range []int{0, 4, 5} {
				copy(b[i+6+8*field:], "--------")
			}
		}
	}
	return string(b)
}

func TestFileAndStreamAreTheSame(t *testing.T) {
	var one, other bytes.Buffer
	a, b := newArchive(&one), newArchive(&other)
	a.file("a/b/c", 0o4755, []byte("text"))
	b.stream("a/b/c", 0o755, 4, strings.NewReader("text"))
	if one.String() != other.String() || a.close() != nil || b.close() != nil {
		t.Errorf("%q and %q", one.String(), other.String())
	}
}

func TestArchiveKeepsTheFirstError(t *testing.T) {
	for name, add := range map[string]func(*archive){
		"short stream": func(a *archive) { a.stream("f", 0o644, 5, strings.NewReader("abc")) },
		"too large":    func(a *archive) { a.stream("f", 0o644, 1<<32, strings.NewReader("")) },
		"writer":       func(a *archive) { a.w = brokenWriter{}; a.file("f", 0o644, nil) },
	} {
		a := newArchive(&bytes.Buffer{})
		add(a)
		first := a.err
		a.file("g", 0o644, nil)
		if err := a.close(); err == nil || err != first {
			t.Errorf("%s: %v, then %v", name, first, err)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken") }
