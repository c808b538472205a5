//go:build linux && (386 || amd64 || mips || mips64 || mips64le || mipsle || ppc64 || ppc64le || s390x)

package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestAlarm(t *testing.T) {
	if left, err := unix.Alarm(1000); left != 0 || err != nil {
		t.Errorf("%d, %v: a clock was running", left, err)
	}
	if left, err := unix.Alarm(0); left < 900 || left > 1000 || err != nil {
		t.Errorf("%d s left, %v", left, err)
	}
}
