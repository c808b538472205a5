package nl_test

import (
	"testing"

	"kern.sys/internal/nstest"
)

func TestMain(m *testing.M) { nstest.Main(m) }
