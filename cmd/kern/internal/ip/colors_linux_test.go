package ip

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/unix"
)

// TestColoursOfATerminalAreThoseOfIP has both programs write to a terminal.
func TestColoursOfATerminalAreThoseOfIP(t *testing.T) {
	t.Setenv("COLORFGBG", "")
	for _, c := range []struct {
		noColor string
		words   []string
		colours bool
	}{
		{"", []string{"link", "show", "lo"}, true},
		{"", []string{"-c=auto", "link", "show", "lo"}, true},
		{"", []string{"-c=never", "link", "show", "lo"}, false},
		{"", []string{"-j", "link", "show", "lo"}, false},
		{"1", []string{"link", "show", "lo"}, false},
		{"1", []string{"-c", "link", "show", "lo"}, true},
	} {
		t.Setenv("NO_COLOR", c.noColor)
		got := onTerminal(t, clitest.Process(t, c.words...))
		if strings.Contains(got, "\x1b[") != c.colours {
			t.Errorf("%q with NO_COLOR=%q: %q, colours wanted: %v", c.words, c.noColor, got, c.colours)
		}
		if !clitest.SameWords() {
			continue
		}
		if want := onTerminal(t, exec.Command("ip", c.words...)); got != want {
			t.Errorf("%q with NO_COLOR=%q:\nip   %q\nkern %q", c.words, c.noColor, want, got)
		}
	}
}

// onTerminal returns what a command writes to a terminal.
func onTerminal(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	peer, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.TIOCGPTPEER, unix.O_RDWR|unix.O_NOCTTY)
	if errno != 0 {
		t.Fatal(errno)
	}
	terminal := os.NewFile(peer, "terminal")
	cmd.Stdout = terminal
	err = cmd.Start()
	terminal.Close()
	if err != nil {
		t.Fatal(err)
	}
	out, _ := io.ReadAll(master) // a terminal that nobody has open any more ends with EIO
	if err := cmd.Wait(); err != nil {
		t.Errorf("%q: %v", cmd.Args, err)
	}
	return string(out)
}
