package unix_test

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"kern.sys/unix"
)

// exitEnv is set in the process that TestExit starts to see it end.
const exitEnv = "KERN_UNIX_TEST_EXIT"

func TestExit(t *testing.T) {
	if os.Getenv(exitEnv) != "" {
		unix.Exit(43)
	}
	onKernel(t, "programs of its own machine")
	self, err := os.Executable()
	ok(t, err)
	cmd := exec.Command(self, "-test.run=^TestExit$")
	cmd.Env = append(os.Environ(), exitEnv+"=1")
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 43 {
		t.Errorf("%v, want status 43", err)
	}
}

func TestClearenv(t *testing.T) {
	before := unix.Environ()
	defer func() {
		for _, kv := range before {
			name, value, _ := strings.Cut(kv, "=")
			ok(t, unix.Setenv(name, value))
		}
		if len(unix.Environ()) != len(before) {
			t.Errorf("%d variables, were %d", len(unix.Environ()), len(before))
		}
	}()
	ok(t, unix.Setenv("KERN_TEST", "1"))
	before = unix.Environ()
	unix.Clearenv()
	if left := unix.Environ(); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
	if _, found := unix.Getenv("KERN_TEST"); found {
		t.Error("a variable is still set")
	}
}
