package ip

import (
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
)

// TestMain has guests make the first devices of tunnels, by which ip tunnel works.
func TestMain(m *testing.M) {
	nstest.FirstTunnels(true)
	clitest.Main(m, ipProgram)
}
