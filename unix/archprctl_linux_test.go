//go:build linux && (386 || amd64)

package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestArchPrctl(t *testing.T) {
	onKernel(t, "arch_prctl")
	// Whether the instruction cpuid may be used: 1, or 0 after it was forbidden, which few processors can.
	if allowed, err := unix.ArchPrctl(unix.ARCH_GET_CPUID, 0); allowed != 1 || err != nil {
		if err == unix.EINVAL { // of um, which knows two of the commands
			err = unix.EOPNOTSUPP
		}
		need(t, "ARCH_GET_CPUID", "4.12", err)
		t.Errorf("%d", allowed)
	}
	var features uint64
	need(t, "ARCH_GET_XCOMP_SUPP", "5.16", unix.ArchPrctlPtr(unix.ARCH_GET_XCOMP_SUPP, &features))
	if features&1 == 0 { // the first one is the floating-point unit
		t.Errorf("%#x", features)
	}
	_, err := unix.ArchPrctl(0x7fff, 0)
	fails(t, err, unix.EINVAL)
	fails(t, unix.ArchPrctlPtr(unix.ARCH_GET_XCOMP_SUPP, nil), unix.EFAULT)
}
