package vdpa

import (
	"encoding/binary"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netns"
)

// The kernel's own devices without hardware are those of processes (VDUSE, linux/vduse.h): a process says what a
// device is, and vdpa puts it on the bus.

// vduse makes a device that answers no request, which none comes to while no driver has it. What it returns takes it
// away.
func vduse(t *testing.T, name string, class uint32, features uint64, queues uint32, config []byte) func() {
	t.Helper()
	const (
		write   = 1 << 30
		base    = 0x81 << 8
		nameMax = 256
		create  = write | 336<<16 | base | 2
		destroy = write | nameMax<<16 | base | 3
		setup   = write | 32<<16 | base | 0x14
	)
	control, err := os.OpenFile("/dev/vduse/control", os.O_RDWR, 0)
	nstest.NeedOption(t, "CONFIG_VDPA_USER", "", err)
	defer control.Close()
	device := make([]byte, 336+len(config))
	copy(device, name)
	le := binary.NativeEndian
	le.PutUint32(device[nameMax:], 0x1af4) // the vendor
	le.PutUint32(device[nameMax+4:], class)
	le.PutUint64(device[nameMax+8:], features)
	le.PutUint32(device[nameMax+16:], queues)
	le.PutUint32(device[nameMax+20:], 4096) // alignment
	le.PutUint32(device[332:], uint32(len(config)))
	copy(device[336:], config)
	ioctl := func(f *os.File, request uint, b []byte) {
		t.Helper()
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), uintptr(request),
			uintptr(unsafe.Pointer(unsafe.SliceData(b)))); errno != 0 {
			t.Fatalf("%s: request %#x: %v", name, request, errno)
		}
	}
	ioctl(control, create, device)
	f, err := os.OpenFile("/dev/vduse/"+name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range queues {
		queue := make([]byte, 32)
		le.PutUint32(queue, i)
		le.PutUint16(queue[4:], 128)
		ioctl(f, setup, queue)
	}
	return func() {
		f.Close()
		control, err := os.OpenFile("/dev/vduse/control", os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer control.Close()
		ioctl(control, destroy, append([]byte(name), make([]byte, nameMax-len(name))...))
	}
}

// netConfig is a struct virtio_net_config of linux/virtio_net.h.
func netConfig(status, pairs, mtu uint16) []byte {
	b := append([]byte{0x02, 0x11, 0x22, 0x33, 0x44, 0x55}, make([]byte, 58)...)
	binary.LittleEndian.PutUint16(b[6:], status)
	binary.LittleEndian.PutUint16(b[8:], pairs)
	binary.LittleEndian.PutUint16(b[10:], mtu)
	return b
}

// The kernel knows them in the first network namespace only.
func TestDevicesOfTheKernel(t *testing.T) {
	nstest.NeedGuest(t, "vdpa devices, which are the machine's")
	if _, err := exec.LookPath("vdpa"); err != nil {
		t.Skip("iproute2's vdpa is not installed")
	}
	nstest.LoadModule(t, "vduse")
	const all = 1<<uapi.VIRTIO_F_ACCESS_PLATFORM | 1<<uapi.VIRTIO_F_VERSION_1 | 1<<uapi.VIRTIO_NET_F_MAC |
		1<<uapi.VIRTIO_NET_F_MTU | 1<<uapi.VIRTIO_NET_F_STATUS | 1<<uapi.VIRTIO_NET_F_MQ
	defer vduse(t, "net0", uapi.VIRTIO_ID_NET, all, 4, netConfig(uapi.VIRTIO_NET_S_LINK_UP, 2, 1500))()
	defer vduse(t, "blk0", uapi.VIRTIO_ID_BLOCK, 1<<uapi.VIRTIO_F_ACCESS_PLATFORM|1<<uapi.VIRTIO_F_VERSION_1, 1,
		make([]byte, 128))()
	first, err := netns.GetFromPath("/proc/1/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	vdpa := func(words ...string) clitest.Result { return clitest.Peer(t, words...) }
	for name, by := range map[string]func(words ...string) clitest.Result{"vdpa": vdpa, "kern": clitest.Kern} {
		t.Run("made by "+name, func(t *testing.T) {
			if err := netns.Do(first, func() error { made(t, by); return nil }); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// made makes devices by one of the programs, and compares what both say of them.
func made(t *testing.T, by func(words ...string) clitest.Result) {
	vdpa := func(words ...string) clitest.Result { return clitest.Peer(t, words...) }
	must := func(line string) {
		t.Helper()
		if r := by(strings.Fields(line)...); r.Code != 0 || r.Err != "" {
			t.Fatalf("%s: %v", line, r)
		}
	}
	must("dev add name net0 mgmtdev vduse")
	must("dev add name blk0 mgmtdev vduse")
	for _, line := range []string{"mgmtdev show", "mgmtdev show vduse", "dev", "dev show net0", "dev show blk0",
		"dev config show", "dev config show net0", "-p dev config show blk0"} {
		clitest.CompareShow(t, strings.Fields(line)...)
	}
	for _, line := range []string{"dev show nope", "mgmtdev show nope", "dev add name net0 mgmtdev vduse",
		"dev add name nope mgmtdev vduse", "dev add name nope mgmtdev nope", "dev del nope",
		"dev vstats show net0 qidx 0", "dev set name net0 mac 02:00:00:00:00:01", "dev set name nope mac 2:2:2:2:2:2",
		"dev add name x mgmtdev vduse mac 02:00:00:00:00:01", "dev add name x mgmtdev vduse max_vqp 2",
		"dev add name x mgmtdev vduse device_features 3",
	} {
		words := strings.Fields(line)
		clitest.SameEnd(t, line, vdpa(words...), clitest.Kern(words...))
	}
	if r := clitest.Kern("dev", "config", "show", "net0"); !slices.Contains(strings.Fields(r.Out), "02:11:22:33:44:55") {
		t.Error(r)
	}
	must("dev del blk0")
	must("dev del net0")
	if r := vdpa("dev"); r.Out != "" {
		t.Error("left:", r)
	}
}
