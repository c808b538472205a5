package nstest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"kern.sys/unix"
)

// NeedOption is [Need] for a feature that is an option of the kernel's configuration, such as CONFIG_TMPFS_QUOTA.
// Where the configuration can be read, and the kernel was built without the option, the test is skipped; it fails
// where the option is set and probeErr is not nil. Where it cannot be read, probeErr counts as "not supported". Root
// of a user namespace counts as one who may not use it if that is what the kernel may have meant, with EINVAL.
func NeedOption(t testing.TB, option, minKernel string, probeErr error) {
	t.Helper()
	if probeErr == nil {
		return
	}
	set, known := configured(option)
	switch {
	case olderThan(release(), minKernel): // Need says so
	case known && !set:
		skip(t, "kernel built without "+option, probeErr.Error())
	case errors.Is(probeErr, unix.EINVAL) && os.Getenv(insideEnv) == "user":
		probeErr = fmt.Errorf("%w: %w", probeErr, os.ErrPermission)
	case !known:
		probeErr = fmt.Errorf("%w: %w", probeErr, unix.EOPNOTSUPP)
	}
	Need(t, option, minKernel, probeErr)
}

// configured reports whether the running kernel was built with an option, if that is known.
func configured(option string) (set, known bool) {
	config, err := configuration()
	if err != nil {
		return false, false
	}
	return isSet(config, option), true
}

// isSet looks for an option in a kernel's configuration file.
func isSet(config []byte, option string) bool {
	for line := range bytes.Lines(config) {
		if name, value, ok := bytes.Cut(line, []byte("=")); ok && string(name) == option {
			return string(bytes.TrimSpace(value)) != "n"
		}
	}
	return false
}

// configuration returns the running kernel's configuration file from where kernels and distributions put it.
func configuration() ([]byte, error) {
	if f, err := os.Open("/proc/config.gz"); err == nil {
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(z)
	}
	b, err := os.ReadFile("/lib/modules/" + release() + "/config")
	if err != nil {
		b, err = os.ReadFile("/boot/config-" + release())
	}
	return b, err
}
