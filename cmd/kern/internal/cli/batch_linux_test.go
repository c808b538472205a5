package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

func TestBatchEndsAsWithIP(t *testing.T) {
	clitest.NeedIP(t)
	for _, batch := range []struct{ name, text string }{
		{"empty", ""},
		{"comments and blank lines", "# one\n\n  # two\n"},
		{"output", "link show lo\nlink show up\n"},
		{"changes", "link set lo up\naddr add 10.0.0.1/24 dev lo\naddr del 10.0.0.1/24 dev lo\nlink show"},
		{"quotes and joined lines", "link set lo \\\n  alias \"a b\"\nlink show lo # comment\nlink set lo alias 'c " +
			"d'\nlink show"},
		{"refused by the kernel", "addr add 10.0.0.1/24 dev lo\naddr add 10.0.0.1/24 dev lo\nlink show\n"},
		{"unknown link", "link set nope up\nlink show nope\nlink show lo"},
		{"unknown object", "nope\nlink show\n"},
		{"not an address", "addr add 10.0.0.x/24 dev lo\nlink show\n"},
		{"option", "-d link show\n"},
		{"joined line", "link set lo \\\nmtu 1400\nlink set nope up\n"},
	} {
		for _, args := range [][]string{{"-b", "-"}, {"-force", "-b", "-"}, {"-j", "-batch", "-"}, {"-batch", "-", "link"}} {
			t.Run(fmt.Sprint(batch.name, args), func(t *testing.T) {
				var want, got clitest.Result
				nstest.Do(t, func() { want = clitest.IPIn(t, batch.text, args...) })
				nstest.Do(t, func() { got = clitest.KernIn(batch.text, args...) })
				if batch.name == "not an address" {
					// ip leaves here, at once and without the line's number.
					want.Err += "Command failed -:1\n"
					if args[0] == "-force" {
						want.Out = got.Out
					}
				}
				if want != got {
					t.Errorf("ip   %v\nkern %v", want, got)
				}
			})
		}
	}
}

func TestBatchReportsTheLineOfWordsThatCannotBeUnderstood(t *testing.T) {
	nstest.Do(t, func() {
		for text, want := range map[string]clitest.Result{
			"link set lo mtu x\n": {Err: "Error: argument \"x\" is wrong: Invalid \"mtu\" value\n\nCommand failed -:1\n",
				Code: 255},
			"#\nlink show lo nope": {Err: "Error: either \"dev\" is duplicate, or \"nope\" is garbage.\nCommand failed -:2\n",
				Code: 255},
			"\n\nlink set lo 'x": {Err: "Unterminated quoted string\nCommand failed -:3\n", Code: 1},
			"link nope\nlink set x": {Err: "Command \"nope\" is unknown, try \"ip link help\".\nCommand failed -:1\n",
				Code: 255},
		} {
			if got := clitest.KernIn(text, "-b", "-"); got != want {
				t.Errorf("%q: got %v, want %v", text, got, want)
			}
			if got := clitest.KernIn(text, "-force", "-b", "-"); !strings.HasPrefix(got.Err, want.Err) || got.Code != 1 {
				t.Errorf("-force %q: got %v", text, got)
			}
		}
	})
}

// With -force changes are sent together: what one does is seen by the next
// command that asks, and errors come with their own lines.
func TestForcedBatchKeepsOrderAndLines(t *testing.T) {
	nstest.Do(t, func() {
		var text strings.Builder
		text.WriteString("link set lo up\n")
		for i := range 3000 {
			fmt.Fprintf(&text, "addr add 10.1.%d.%d/32 dev lo\n", i/250, i%250)
		}
		text.WriteString("addr add 10.1.0.0/32 dev lo\naddr add 10.9.0.1/24 dev lo\naddr show to 10.9.0.0/16\naddr del " +
			"10.9.0.1/24 dev lo\n")
		text.WriteString("addr show to 10.9.0.0/16\nlink set lo alias end\naddr del 10.9.0.1/24 dev lo\n")
		file := filepath.Join(t.TempDir(), "batch")
		if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		got := clitest.Kern("-force", "-o", "-batch", file)
		// Kernels differ in words. Both commands fail now as they failed in the batch.
		want := clitest.Kern("addr", "add", "10.1.0.0/32", "dev", "lo").Err + "Command failed " + file + ":3002\n" +
			clitest.Kern("addr", "del", "10.9.0.1/24", "dev", "lo").Err + "Command failed " + file + ":3008\n"
		if got.Err != want || got.Code != 1 {
			t.Errorf("status %d, messages\n%swant\n%s", got.Code, got.Err, want)
		}
		if !strings.HasPrefix(got.Out, "1: lo    inet 10.9.0.1/24 ") || strings.Count(got.Out, "\n") != 1 {
			t.Errorf("got %q", got.Out)
		}
		if n := strings.Count(clitest.Kern("-o", "-4", "addr").Out, "\n"); n != 3001 { // and 127.0.0.1
			t.Errorf("%d addresses", n)
		}
		if out := clitest.Kern("link").Out; !strings.Contains(out, "alias end") {
			t.Errorf("got %q", out)
		}
	})
}

// An error of the words comes at once, one of the kernel when what was queued is
// sent: they are reported in the order of the lines.
func TestForcedBatchReportsInOrder(t *testing.T) {
	nstest.Do(t, func() {
		const text = `link set lo up
addr add 10.1.0.1/24 dev lo
addr add 10.1.0.1/24 dev lo
addr add 10.1.0.x/24 dev lo
addr del 10.1.0.9/24 dev lo
nope
link set lo mtu 1
'unterminated
addr del 10.1.0.9/24 dev lo
link show nope
netns exec nope true
addr del 10.1.0.9/24 dev lo
link help
addr show to 10.9.0.0/16
addr del 10.1.0.9/24 dev lo
`
		r := clitest.KernIn(text, "-force", "-batch", "-")
		var lines []string
		for line := range strings.Lines(r.Err) {
			if n, ok := strings.CutPrefix(line, "Command failed -:"); ok {
				lines = append(lines, strings.TrimSpace(n))
			}
		}
		want := []string{"3", "4", "5", "6", "8", "9", "10", "11", "12", "13", "15"}
		if mtu := clitest.Kern("link", "set", "lo", "mtu", "1"); mtu.Code != 0 {
			want = slices.Insert(want, 4, "7")
		}
		if !slices.Equal(lines, want) || r.Code != 1 {
			t.Errorf("status %d, lines %v, want %v:\n%s", r.Code, lines, want, r.Err)
		}
	})
}

func TestBatchFileThatIsNotThere(t *testing.T) {
	clitest.NeedIP(t)
	clitest.CompareRun(t, "", "-b", filepath.Join(t.TempDir(), "none"))
}
