package nstest

import (
	"fmt"
	"os"
	"strings"
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

// NoFirstTunnels keeps, in guests, the first devices of the kinds of tunnels whose modules are loaded, such as sit0,
// from new namespaces. It is for a TestMain, before [Main]: the setting is in the first namespace alone.
func NoFirstTunnels() {
	if os.Getenv(fullKernelEnv) == "1" && os.Getuid() == 0 && os.Getenv(insideEnv) == "" {
		if err := os.WriteFile(firstTunnels, []byte("2"), 0); err != nil {
			fmt.Fprintln(os.Stderr, "nstest:", err)
		}
	}
}

// FirstTunnels has them made, in guests, in the namespaces that a test makes after it.
func FirstTunnels(t testing.TB) {
	t.Helper()
	if os.Getenv(fullKernelEnv) != "1" {
		return
	}
	first, err := netns.GetFromPath("/proc/1/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	Sysctl(t, first, strings.TrimPrefix(firstTunnels, "/proc/sys/"), "0")
	t.Cleanup(func() {
		Sysctl(t, first, strings.TrimPrefix(firstTunnels, "/proc/sys/"), "2")
		first.Close()
	})
}

const firstTunnels = "/proc/sys/net/core/fb_tunnels_only_for_init_net"
