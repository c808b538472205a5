package devlink

import (
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
)

func TestMain(m *testing.M) { clitest.Main(m, Program()) }
