package nstest

import (
	"fmt"
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

// FirstTunnels says, in guests, whether new namespaces get the first devices of the kinds of tunnels whose modules are
// loaded, such as sit0. It is for a TestMain, before [Main]: the setting is in the first namespace alone. The kernel
// that is a program is started without them.
func FirstTunnels(made bool) {
	if os.Getenv(fullKernelEnv) != "1" || os.Getuid() != 0 || os.Getenv(insideEnv) != "" {
		return
	}
	value := "2"
	if made {
		value = "0"
	}
	err := os.WriteFile("/proc/sys/net/core/fb_tunnels_only_for_init_net", []byte(value), 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, "nstest:", err)
	}
}
