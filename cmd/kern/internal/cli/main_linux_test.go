package cli_test

import (
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/cmd/kern/internal/ip"
)

func TestMain(m *testing.M) { clitest.Main(m, cli.Program{Name: "ip", Objects: ip.Objects}) }
