package unix_test

import (
	"testing"
	"unsafe"

	"kern.sys/unix"
)

// TestTimesOfSocketsInTwoSizes sets and reads the times that sockets wait by the options of both sizes.
func TestTimesOfSocketsInTwoSizes(t *testing.T) {
	onKernel(t, "all socket options")
	s := socket(t, unix.AF_INET, unix.SOCK_DGRAM, 0)
	want := unix.Timeval{Sec: 1 << 20, Usec: 500_000}
	for _, set := range []int{unix.SO_RCVTIMEO_OLD, unix.SO_RCVTIMEO_NEW} {
		ok(t, unix.SetsockoptTimeval(s, unix.SOL_SOCKET, unix.SO_RCVTIMEO_OLD, new(unix.Timeval)))
		ok(t, unix.SetsockoptTimeval(s, unix.SOL_SOCKET, set, &want))
		for _, get := range []int{unix.SO_RCVTIMEO_OLD, unix.SO_RCVTIMEO_NEW} {
			got, err := unix.GetsockoptTimeval(s, unix.SOL_SOCKET, get)
			if err != nil || got.Sec != want.Sec || got.Usec != want.Usec {
				t.Errorf("set by option %d, %d says %+v, %v; want %+v", set, get, got, err, want)
			}
		}
	}
	// The kernel's own size.
	wide := unix.KernelSockTimeval{Sec: 1 << 33, Usec: 1}
	if err := unix.SetsockoptString(s, unix.SOL_SOCKET, unix.SO_SNDTIMEO_NEW, string(bytesOf(&wide))); err != nil {
		t.Fatal(err)
	}
	got, err := unix.GetsockoptTimeval(s, unix.SOL_SOCKET, unix.SO_SNDTIMEO_NEW)
	switch {
	case unsafe.Sizeof(got.Sec) == 4 && err == unix.EOVERFLOW:
	case err != nil || int64(got.Sec) != wide.Sec:
		t.Errorf("%+v, %v; want %+v", got, err, wide)
	}
	if unix.SetsockoptTimeval(s, unix.SOL_SOCKET, unix.SO_RCVTIMEO_NEW, nil) == nil {
		t.Error("a time without memory")
	}
}

// btDeferSetup is BT_DEFER_SETUP of the kernel's net/bluetooth/bluetooth.h.
const btDeferSetup = 7

// TestOptionsThatIgnoreTheirSize: Bluetooth stores an int for BT_DEFER_SETUP whatever size it is given.
func TestOptionsThatIgnoreTheirSize(t *testing.T) {
	if largest := unsafe.Sizeof(unix.KernelSockTimeval{}); unix.OptionRoom < largest+4 {
		t.Errorf("an option of %d bytes has %d", largest, unix.OptionRoom)
	}
	s, err := unix.Socket(unix.AF_BLUETOOTH, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, unix.BTPROTO_RFCOMM)
	if err == unix.EAFNOSUPPORT { // the kernel has them in the first network namespace alone, and tests are in others
		t.Skip("no sockets of Bluetooth in this network namespace")
	}
	ok(t, err)
	defer unix.Close(s)
	ok(t, unix.Bind(s, &unix.SockaddrRFCOMM{}))
	ok(t, unix.SetsockoptInt(s, unix.SOL_BLUETOOTH, btDeferSetup, 1))
	if v, err := unix.GetsockoptInt(s, unix.SOL_BLUETOOTH, btDeferSetup); v != 1 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
	if _, err := unix.GetsockoptByte(s, unix.SOL_BLUETOOTH, btDeferSetup); err != nil {
		t.Error(err)
	}
}

// TestOptionsOfOtherSizes asks for an int by the functions for other sizes.
func TestOptionsOfOtherSizes(t *testing.T) {
	s := socket(t, unix.AF_INET, unix.SOCK_DGRAM, 0)
	want, err := unix.GetsockoptInt(s, unix.SOL_SOCKET, unix.SO_RCVBUF)
	ok(t, err)
	onKernel(t, "all socket options")
	if v, err := unix.GetsockoptUint64(s, unix.SOL_SOCKET, unix.SO_RCVBUF); v != uint64(want) || err != nil {
		t.Errorf("%d, %v; want %d", v, err, want)
	}
	// The kernel cuts its value to the size that it is given.
	if v, err := unix.GetsockoptByte(s, unix.SOL_SOCKET, unix.SO_TYPE); err != nil ||
		v != native(int32(unix.SOCK_DGRAM))[0] {
		t.Errorf("%d, %v", v, err)
	}
	if _, err := unix.GetsockoptInt(s, unix.SOL_SOCKET, unix.SO_COOKIE); err != unix.EINVAL {
		t.Errorf("an int of 64 bits: %v", err)
	}
}

// optionsAtEnd reads options of the size of a T, of which the kernel has more, in front of memory that cannot be
// written.
func optionsAtEnd[T any](t *testing.T, s int, options [][2]int) {
	t.Helper()
	at := atEnd[T](t)
	for _, o := range options {
		size := uint32(unsafe.Sizeof(*at))
		if err := unix.GetsockoptAt(s, o[0], o[1], unsafe.Pointer(at), &size); err == unix.EFAULT {
			t.Errorf("level %d option %d stores more than %T", o[0], o[1], *at)
		}
	}
}

// TestOptionsKeepToTheirSize asks for all options there may be, with each size that the functions have.
func TestOptionsKeepToTheirSize(t *testing.T) {
	onKernel(t, "all socket options")
	sockets := []int{
		socket(t, unix.AF_INET, unix.SOCK_STREAM, 0), socket(t, unix.AF_INET, unix.SOCK_DGRAM, 0),
		socket(t, unix.AF_UNIX, unix.SOCK_STREAM, 0), socket(t, unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE),
	}
	for _, domain := range []int{
		unix.AF_INET6, unix.AF_VSOCK, unix.AF_TIPC, unix.AF_CAN, unix.AF_PACKET, unix.AF_XDP, unix.AF_BLUETOOTH, unix.AF_KCM,
	} {
		for _, typ := range []int{unix.SOCK_STREAM, unix.SOCK_DGRAM, unix.SOCK_RAW, unix.SOCK_SEQPACKET} {
			if s, err := unix.Socket(domain, typ|unix.SOCK_CLOEXEC, 0); err == nil {
				defer unix.Close(s)
				sockets = append(sockets, s)
			}
		}
	}
	var options [][2]int
	for _, level := range []int{
		unix.SOL_SOCKET, unix.IPPROTO_IP, unix.IPPROTO_IPV6, unix.IPPROTO_TCP, unix.IPPROTO_UDP, unix.IPPROTO_RAW,
		unix.IPPROTO_ICMPV6, unix.SOL_NETLINK, unix.SOL_PACKET, unix.SOL_CAN_RAW, unix.SOL_TIPC, unix.AF_VSOCK, unix.SOL_XDP,
		unix.SOL_BLUETOOTH,
	} {
		for opt := range 128 {
			options = append(options, [2]int{level, opt})
		}
	}
	for _, s := range sockets {
		optionsAtEnd[int32](t, s, options)
		optionsAtEnd[uint64](t, s, options)
		optionsAtEnd[[4]byte](t, s, options)
		optionsAtEnd[unix.Timeval](t, s, options)
		optionsAtEnd[unix.Linger](t, s, options)
		optionsAtEnd[unix.Ucred](t, s, options)
		optionsAtEnd[unix.TCPInfo](t, s, options)
		optionsAtEnd[unix.TCPVegasInfo](t, s, options)
		optionsAtEnd[unix.TCPDCTCPInfo](t, s, options)
		optionsAtEnd[unix.TCPBBRInfo](t, s, options)
		optionsAtEnd[unix.TpacketStats](t, s, options)
		optionsAtEnd[unix.TpacketStatsV3](t, s, options)
		optionsAtEnd[unix.IPMreq](t, s, options)
		optionsAtEnd[unix.IPMreqn](t, s, options)
		optionsAtEnd[unix.IPv6Mreq](t, s, options)
		optionsAtEnd[unix.IPv6MTUInfo](t, s, options)
		optionsAtEnd[unix.ICMPv6Filter](t, s, options)
	}
}
