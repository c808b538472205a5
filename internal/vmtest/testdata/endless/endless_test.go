// Package endless is a package whose test does not end.
package endless

import (
	"os"
	"testing"
	"time"
)

func TestEndless(t *testing.T) {
	if os.Getenv("KERN_FULL_KERNEL") == "" {
		t.Skip("not in a guest")
	}
	time.Sleep(time.Hour)
}
