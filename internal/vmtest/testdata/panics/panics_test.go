// Package panics is a package whose test brings the guest down. It is run by hand, with those beside it:
//
//	go run ./internal/vmtest -kernel latest -timeout 1m ./internal/vmtest/testdata/{panics,hangs,endless,good}
package panics

import (
	"os"
	"testing"
)

func TestPanic(t *testing.T) {
	if os.Getenv("KERN_FULL_KERNEL") == "" {
		t.Skip("not in a guest")
	}
	if err := os.WriteFile("/proc/sysrq-trigger", []byte("c"), 0); err != nil {
		t.Fatal(err)
	}
}
