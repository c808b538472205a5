package unix_test

import (
	"os"
	"testing"

	"kern.sys/unix"
)

func TestS390Sthyi(t *testing.T) {
	onKernel(t, "s390_sthyi")
	var page [4096]byte
	var rc uint64
	switch err := unix.S390Sthyi(unix.STHYI_FC_CP_IFL_CAP, &page, &rc, 0); err {
	case nil:
		if rc != 0 || page == [4096]byte{} {
			t.Errorf("return code %d", rc)
		}
	case unix.EOPNOTSUPP, unix.ENOSYS: // of this machine, of this kernel
	default:
		t.Error(err)
	}
	if err := unix.S390Sthyi(unix.STHYI_FC_CP_IFL_CAP, &page, &rc, 1); err != unix.EINVAL && err != unix.EOPNOTSUPP {
		t.Errorf("no flag: %v", err)
	}
	if err := unix.S390Sthyi(9999, &page, &rc, 0); err != unix.EINVAL && err != unix.EOPNOTSUPP {
		t.Errorf("no function: %v", err)
	}
}

func TestS390PciMmio(t *testing.T) {
	onKernel(t, "s390_pci_mmio_read")
	buf := make([]byte, 8)
	for name, err := range map[string]error{"read": unix.S390PciMmioRead(0, buf),
		"write": unix.S390PciMmioWrite(0, buf)} {
		// No function's memory is there; some machines and kernels have no PCI.
		if err != unix.EINVAL && err != unix.EFAULT && err != unix.ENODEV && err != unix.ENOSYS && err != unix.EOPNOTSUPP {
			t.Errorf("%s: %v", name, err)
		}
	}
	fails(t, unix.S390PciMmioRead(uintptr(os.Getpagesize())-4, buf), unix.EINVAL) // across a page
}
