package netlink

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"kern.sys/internal/nstest"
)

// TestMain has guests make namespaces with nothing but lo, whatever modules of tunnels were loaded.
func TestMain(m *testing.M) {
	if os.Getenv("KERN_FULL_KERNEL") != "" && os.Getuid() == 0 {
		err := os.WriteFile("/proc/sys/net/core/fb_tunnels_only_for_init_net", []byte("2"), 0)
		if err != nil && !errors.Is(err, os.ErrNotExist) { // it is in the first namespace alone
			fmt.Fprintln(os.Stderr, "tunnels' first devices are made:", err)
		}
	}
	nstest.Main(m)
}
