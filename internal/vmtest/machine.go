package main

import "fmt"

// machine is how QEMU and Debian name an architecture, and the hardware of its guests.
type machine struct {
	arch    string // of Go and of Debian
	qemu    string
	pkg     string // with qemu
	args    []string
	cpu     string // for emulation
	console string
	bus     string // of virtio devices: "pci", "ccw"
	params  string // of the kernel
}

// timerAsItIs leaves out a test of the timer's interrupt, which fails where emulation gets no processor for a while.
const timerAsItIs = " no_timer_check"

var machines = []machine{
	{"amd64", "qemu-system-x86_64", "qemu-system-x86", []string{"-machine", "pc"}, "max", "ttyS0", "pci", timerAsItIs},
	{"arm64", "qemu-system-aarch64", "qemu-system-arm", []string{"-machine", "virt"}, "cortex-a72", "ttyAMA0", "pci", ""},
	{"s390x", "qemu-system-s390x", "qemu-system-misc", []string{"-machine", "s390-ccw-virtio"}, "max", "ttysclp0", "ccw",
		""},
}

// drivers are the modules to load first, for the port to the host. What a kernel has built in or an architecture
// has not is passed over.
var drivers = []string{"virtio_pci", "virtio_mmio", "virtio_console"}

func machineFor(arch string) (machine, error) {
	for _, m := range machines {
		if m.arch == arch {
			return m, nil
		}
	}
	return machine{}, fmt.Errorf("unknown architecture %q", arch)
}
