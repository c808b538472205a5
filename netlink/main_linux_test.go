package netlink

import (
	"testing"

	"kern.sys/internal/nstest"
)

// TestMain has guests make namespaces with nothing but lo, whatever modules of tunnels were loaded.
func TestMain(m *testing.M) {
	nstest.NoFirstTunnels()
	nstest.Main(m)
}
