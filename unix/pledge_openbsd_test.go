package unix_test

import (
	"errors"
	"strings"
	"testing"

	"kern.sys/unix"
)

// TestRefusalsNameWhatWasAsked has promises and permissions that no kernel knows: the error has them, and the number.
func TestRefusalsNameWhatWasAsked(t *testing.T) {
	for want, err := range map[string]error{
		`pledge "stdio nonsense" "rpath"`: unix.PledgeNamed("stdio nonsense", "rpath"),
		`unveil "/tmp" "rz"`:              unix.UnveilNamed("/tmp", "rz"),
	} {
		if !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOSYS) || !strings.HasPrefix(err.Error(), want+": ") {
			t.Errorf("%v, want %s and why", err, want)
		}
	}
	for name, err := range map[string]error{
		"Pledge": unix.Pledge("nonsense", ""), "PledgePromises": unix.PledgePromises("nonsense"),
		"PledgeExecpromises": unix.PledgeExecpromises("nonsense"), "Unveil": unix.Unveil("/tmp", "z"),
	} {
		if err != unix.EINVAL && err != unix.ENOSYS {
			t.Errorf("%s: %v, want the bare number", name, err)
		}
	}
}
