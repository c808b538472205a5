package ip

import (
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// TestMain has guests make namespaces with nothing but lo, whatever modules of tunnels were loaded.
func TestMain(m *testing.M) {
	nstest.NoFirstTunnels()
	clitest.Main(m, ipProgram)
}
