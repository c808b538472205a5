package topo

import (
	"testing"

	"kern.sys/internal/nstest"
)

func TestMain(m *testing.M) { nstest.Main(m) }
