package netlink

import (
	"errors"
	"syscall"
	"testing"
)

func TestProcEventsRefused(t *testing.T) {
	if _, ok, err := decodeProcEvent(procMessage(PROC_EVENT_NONE, uint32(syscall.EPERM))); ok ||
		!errors.Is(err, syscall.EPERM) {
		t.Errorf("a refusal: %v, %v", ok, err)
	}
}
