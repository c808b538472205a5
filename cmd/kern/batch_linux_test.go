package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
)

func TestBatchEndsAsWithIP(t *testing.T) {
	needIP(t)
	for _, batch := range []struct{ name, text string }{
		{"empty", ""},
		{"comments and blank lines", "# one\n\n  # two\n"},
		{"output", "link show lo\nlink show up\n"},
		{"changes", "link set lo up\naddr add 10.0.0.1/24 dev lo\naddr del 10.0.0.1/24 dev lo\nlink show"},
		{"quotes and joined lines", "link set lo \\\n  alias \"a b\"\nlink show lo # comment\nlink set lo alias 'c d'\nlink show"},
		{"refused by the kernel", "addr add 10.0.0.1/24 dev lo\naddr add 10.0.0.1/24 dev lo\nlink show\n"},
		{"unknown link", "link set nope up\nlink show nope\nlink show lo"},
		{"unknown object", "nope\nlink show\n"},
		{"not an address", "addr add 10.0.0.x/24 dev lo\nlink show\n"},
		{"option", "-d link show\n"},
		{"joined line", "link set lo \\\nmtu 1400\nlink set nope up\n"},
	} {
		for _, args := range [][]string{{"-b", "-"}, {"-force", "-b", "-"}, {"-j", "-batch", "-"}, {"-batch", "-", "link"}} {
			t.Run(fmt.Sprint(batch.name, args), func(t *testing.T) {
				var want, got result
				nstest.Do(t, func() { want = ipIn(t, batch.text, args...) })
				nstest.Do(t, func() { got = kernIn(batch.text, args...) })
				if batch.name == "not an address" {
					// ip leaves here, at once and without the line's number.
					want.err += "Command failed -:1\n"
					if args[0] == "-force" {
						want.out = got.out
					}
				}
				if want != got {
					t.Errorf("ip   %v\nkern %v", want, got)
				}
			})
		}
	}
}

func TestBatchTellsTheLineOfWordsThatCannotBeUnderstood(t *testing.T) {
	nstest.Do(t, func() {
		for text, want := range map[string]result{
			"link set lo mtu x\n":   {err: "Error: argument \"x\" is wrong: Invalid \"mtu\" value\n\nCommand failed -:1\n", code: 255},
			"#\nlink show lo nope":  {err: "Error: either \"dev\" is duplicate, or \"nope\" is a garbage.\nCommand failed -:2\n", code: 255},
			"\n\nlink set lo 'x":    {err: "Unterminated quoted string\nCommand failed -:3\n", code: 1},
			"link nope\nlink set x": {err: "Command \"nope\" is unknown, try \"ip link help\".\nCommand failed -:1\n", code: 255},
		} {
			if got := kernIn(text, "-b", "-"); got != want {
				t.Errorf("%q: got %v, want %v", text, got, want)
			}
			if got := kernIn(text, "-force", "-b", "-"); !strings.HasPrefix(got.err, want.err) || got.code != 1 {
				t.Errorf("-force %q: got %v", text, got)
			}
		}
	})
}

// With -force changes are sent together: what one does is seen by the next
// command that asks, and errors are told with their own lines.
func TestForcedBatchKeepsOrderAndLines(t *testing.T) {
	nstest.Do(t, func() {
		var text strings.Builder
		text.WriteString("link set lo up\n")
		for i := range 3000 {
			fmt.Fprintf(&text, "addr add 10.1.%d.%d/32 dev lo\n", i/250, i%250)
		}
		text.WriteString("addr add 10.1.0.0/32 dev lo\naddr add 10.9.0.1/24 dev lo\naddr show to 10.9.0.0/16\naddr del 10.9.0.1/24 dev lo\n")
		text.WriteString("addr show to 10.9.0.0/16\nlink set lo alias end\naddr del 10.9.0.1/24 dev lo\n")
		file := filepath.Join(t.TempDir(), "batch")
		if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		got := kern("-force", "-o", "-batch", file)
		// Kernels differ in words. Both commands fail now as they failed in the batch.
		want := kern("addr", "add", "10.1.0.0/32", "dev", "lo").err + "Command failed " + file + ":3002\n" +
			kern("addr", "del", "10.9.0.1/24", "dev", "lo").err + "Command failed " + file + ":3008\n"
		if got.err != want || got.code != 1 {
			t.Errorf("status %d, messages\n%swant\n%s", got.code, got.err, want)
		}
		if !strings.HasPrefix(got.out, "1: lo    inet 10.9.0.1/24 ") || strings.Count(got.out, "\n") != 1 {
			t.Errorf("got %q", got.out)
		}
		if n := strings.Count(kern("-o", "-4", "addr").out, "\n"); n != 3001 { // and 127.0.0.1
			t.Errorf("%d addresses", n)
		}
		if out := kern("link").out; !strings.Contains(out, "alias end") {
			t.Errorf("got %q", out)
		}
	})
}

func TestBatchFileThatIsNotThere(t *testing.T) {
	needIP(t)
	compareRun(t, "", "-b", filepath.Join(t.TempDir(), "none"))
}
