package nstest

import (
	"os"
	"testing"

	"kern.sys/netns"
)

// Sysctl writes a setting of a network namespace: a file below /proc/sys.
func Sysctl(t testing.TB, ns netns.NsHandle, name, value string) {
	t.Helper()
	if err := netns.Do(ns, func() error { return os.WriteFile("/proc/sys/"+name, []byte(value), 0) }); err != nil {
		t.Fatal(err)
	}
}
