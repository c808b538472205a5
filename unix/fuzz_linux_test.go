package unix_test

import (
	"bytes"
	"reflect"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"kern.sys/unix"
)

// untouchable is how much [ending] can place before a page that nobody may touch.
const untouchable = 1 << 20

var region = sync.OnceValues(func() ([]byte, error) {
	page := unix.Getpagesize()
	b, err := unix.Mmap(-1, 0, untouchable+page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, err
	}
	return b[:untouchable:untouchable], unix.Mprotect(b[untouchable:], unix.PROT_NONE)
})

// ending returns b where memory ends, until the next call: a read past the end is a fault, also by a pointer.
func ending(t testing.TB, b []byte) []byte {
	t.Helper()
	all, err := region()
	ok(t, err)
	if len(b) > len(all) {
		t.Skip("feature inputs of more than a megabyte: not tried")
	}
	end := all[len(all)-len(b):]
	copy(end, b)
	return end
}

func TestEndingIsTheEnd(t *testing.T) {
	b := ending(t, []byte("ab"))
	if string(b) != "ab" || cap(b) != 2 {
		t.Errorf("%q, %d", b, cap(b))
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() == nil {
			t.Error("there is memory behind it")
		}
	}()
	t.Logf("%d", *(*byte)(unsafe.Add(unsafe.Pointer(&b[1]), 1)))
}

func FuzzParseDirent(f *testing.F) {
	fd, err := unix.Open("/proc/self", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	ok(f, err)
	buf := make([]byte, 4096)
	n, err := unix.ReadDirent(fd, buf)
	ok(f, err)
	ok(f, unix.Close(fd))
	f.Add(buf[:n], -1)
	f.Add(buf[:n-3], 2)
	f.Add(buf[:n-3], -1)
	f.Add(buf[:30], 1)
	f.Add([]byte{}, 0)
	f.Fuzz(func(t *testing.T, b []byte, max int) {
		used, count, names := unix.ParseDirent(ending(t, b), max, nil)
		if used < 0 || used > len(b) || count != len(names) || max >= 0 && count > max {
			t.Fatalf("%d of %d bytes, count %d, max %d, names %q", used, len(b), count, max, names)
		}
		if max != 0 && used == 0 && len(b) > 0 {
			t.Fatal("a loop would not end")
		}
	})
}

func FuzzControlMessages(f *testing.F) {
	f.Add(unix.UnixRights(1, 2, 3))
	f.Add(append(unix.UnixRights(7), unix.UnixCredentials(&unix.Ucred{Pid: 1})...))
	f.Add(unix.PktInfo6(&unix.Inet6Pktinfo{}))
	f.Add(make([]byte, unix.CmsgLen(0)))
	f.Fuzz(func(t *testing.T, b []byte) {
		whole := bytes.Clone(b)
		msgs, err := unix.ParseSocketControlMessage(ending(t, b))
		if err != nil && err != unix.EINVAL {
			t.Fatal(err)
		}
		total := 0
		for i := range msgs {
			msgs[i].Data = bytes.Clone(msgs[i].Data)
		}
		if len(msgs) > 0 {
			h, data, rest, err := unix.ParseOneSocketControlMessage(ending(t, b))
			if err != nil || h != msgs[0].Header || !bytes.Equal(data, msgs[0].Data) || len(rest) > len(b)-len(data) {
				t.Fatal(h, data, rest, err)
			}
		}
		for _, m := range msgs {
			total += unix.CmsgLen(len(m.Data))
			// As it is, and as if it were each of those that are parsed.
			for _, h := range []unix.Cmsghdr{
				m.Header, {Level: unix.SOL_SOCKET, Type: unix.SCM_RIGHTS}, {Level: unix.SOL_SOCKET, Type: unix.SCM_CREDENTIALS},
				{Level: unix.SOL_IP, Type: unix.IP_ORIGDSTADDR}, {Level: unix.SOL_IPV6, Type: unix.IPV6_ORIGDSTADDR},
			} {
				like := unix.SocketControlMessage{Header: h, Data: ending(t, bytes.Clone(m.Data))}
				if fds, err := unix.ParseUnixRights(&like); err == nil && len(fds) != len(m.Data)/4 {
					t.Fatalf("%d descriptors in %d bytes", len(fds), len(m.Data))
				}
				if cred, err := unix.ParseUnixCredentials(&like); (err == nil) != (cred != nil) || err == nil &&
					len(m.Data) < unix.SizeofUcred {
					t.Fatal(cred, err)
				}
				if sa, err := unix.ParseOrigDstAddr(&like); (err == nil) != (sa != nil) || err == nil &&
					len(m.Data) < unix.SizeofSockaddrInet4 {
					t.Fatal(sa, err)
				}
			}
		}
		if total > len(b) {
			t.Fatalf("%d bytes of messages in %d", total, len(b))
		}
		// Whatever is at an odd address reads the same.
		odd := append(make([]byte, 1, len(b)+1), whole...)[1:]
		again, err2 := unix.ParseSocketControlMessage(odd)
		if len(again) != len(msgs) || (err == nil) != (err2 == nil) {
			t.Fatalf("%v, %v; at an odd address %v, %v", msgs, err, again, err2)
		}
	})
}

// ofProtocol returns a socket whose protocol, which says what some addresses are, is a number of choice; of protocol 0
// where that is not allowed.
func ofProtocol(t testing.TB, proto uint8) int {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, int(proto))
	if proto == 0 || err != nil {
		fd, err = unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	}
	ok(t, err)
	return fd
}

// addresses are one of each type.
var addresses = []struct {
	proto uint8
	sa    unix.Sockaddr
}{
	{0, &unix.SockaddrInet4{Port: 80}}, {0, &unix.SockaddrInet6{Port: 80}}, {0, &unix.SockaddrUnix{Name: "@a"}},
	{0, &unix.SockaddrUnix{Name: "/a"}},
	{0, &unix.SockaddrNetlink{Pid: 1}}, {0, &unix.SockaddrLinklayer{Ifindex: 1}}, {0, &unix.SockaddrVM{CID: 1}},
	{0, &unix.SockaddrXDP{Ifindex: 1}},
	{0, &unix.SockaddrTIPC{Addr: &unix.TIPCServiceName{}}}, {0, &unix.SockaddrTIPC{Addr: &unix.TIPCServiceRange{}}},
	{0, &unix.SockaddrTIPC{Addr: &unix.TIPCSocketAddr{}}}, {0, &unix.SockaddrPPPoE{Remote: make([]byte, 6), Dev: "a"}},
	{0, &unix.SockaddrIUCV{Name: "a"}},
	{0, &unix.SockaddrCAN{Ifindex: 1, RxID: 2}}, {unix.CAN_J1939, &unix.SockaddrCANJ1939{Ifindex: 1, Name: 2}},
	{unix.IPPROTO_L2TP, &unix.SockaddrL2TPIP{ConnId: 1}}, {unix.IPPROTO_L2TP, &unix.SockaddrL2TPIP6{ConnId: 1}},
	{unix.BTPROTO_HCI, &unix.SockaddrHCI{Dev: 1}}, {unix.BTPROTO_L2CAP, &unix.SockaddrL2{PSM: 1}},
	{unix.BTPROTO_RFCOMM, &unix.SockaddrRFCOMM{Channel: 1}},
	{unix.NFC_SOCKPROTO_RAW, &unix.SockaddrNFC{DeviceIdx: 1}},
	{unix.NFC_SOCKPROTO_LLCP, &unix.SockaddrNFCLLCP{ServiceName: "a"}},
}

// TestAddressesOfEveryType comes back from the bytes of an address to the same one, whatever its socket's protocol
// makes of it.
func TestAddressesOfEveryType(t *testing.T) {
	for _, a := range addresses {
		raw, err := unix.RawBytes(a.sa)
		ok(t, err)
		fd := ofProtocol(t, a.proto)
		proto, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
		ok(t, err)
		if proto == int(a.proto) { // else raw sockets are not allowed here
			sa, err := unix.DecodeAny(fd, lastAny(t, raw))
			if reflect.TypeOf(sa) != reflect.TypeOf(a.sa) || err != nil {
				t.Errorf("%T of protocol %d is %#v, %v", a.sa, proto, sa, err)
			} else if again, err := unix.RawBytes(sa); !bytes.Equal(raw, again) || err != nil {
				t.Errorf("%T: %x, then %x, %v", a.sa, raw, again, err)
			}
		}
		ok(t, unix.Close(fd))
	}
}

// lastAny returns an address where memory ends.
func lastAny(t testing.TB, b []byte) *unix.RawSockaddrAny {
	t.Helper()
	whole := make([]byte, unsafe.Sizeof(unix.RawSockaddrAny{}))
	copy(whole, b)
	return (*unix.RawSockaddrAny)(unsafe.Pointer(&ending(t, whole)[0]))
}

func FuzzSockaddr(f *testing.F) {
	for _, a := range addresses {
		raw, err := unix.RawBytes(a.sa)
		ok(f, err)
		f.Add(raw, a.proto)
	}
	long := unix.RawSockaddrNFCLLCP{Sa_family: unix.AF_NFC}
	long.SetServiceNameLen(len(long.Service_name) + 1)
	f.Add(unsafe.Slice((*byte)(unsafe.Pointer(&long)), unix.SizeofSockaddrNFCLLCP), uint8(unix.NFC_SOCKPROTO_LLCP))
	f.Fuzz(func(t *testing.T, b []byte, proto uint8) {
		fd := ofProtocol(t, proto)
		defer unix.Close(fd)
		sa, err := unix.DecodeAny(fd, lastAny(t, b))
		if err != nil {
			return
		}
		raw, err := unix.RawBytes(sa)
		if err != nil {
			return // as an interface index below zero
		}
		sa2, err := unix.DecodeAny(fd, lastAny(t, raw))
		ok(t, err)
		raw2, err := unix.RawBytes(sa2)
		if err != nil || !bytes.Equal(raw, raw2) {
			t.Fatalf("%#v\n%x\n%x, %v", sa, raw, raw2, err)
		}
	})
}

// FuzzText reads texts that end with a NUL, or where their slice does.
func FuzzText(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("ab"))
	f.Add([]byte("a\x00b"))
	f.Fuzz(func(t *testing.T, b []byte) {
		want, _, _ := strings.Cut(string(b), "\x00")
		if got := unix.ByteSliceToString(ending(t, b)); got != want {
			t.Fatalf("%q is %q", b, got)
		}
		if got := unix.BytePtrToString(&ending(t, append(bytes.Clone(b), 0))[0]); got != want {
			t.Fatalf("%q by its pointer is %q", b, got)
		}
		c, err := unix.ByteSliceFromString(string(b))
		if whole := want == string(b); whole != (err == nil) || whole && string(c) != want+"\x00" {
			t.Fatalf("%q is %q, %v", b, c, err)
		}
	})
}

func FuzzStatmount(f *testing.F) {
	for mask := uint64(1); mask <= unix.STATMOUNT_MNT_GIDMAP; mask <<= 1 {
		req := unix.MntIdReq{Size: unix.SizeofMntIdReq, Param: mask | mask>>1}
		var st unix.Statx_t
		ok(f, unix.Statx(unix.AT_FDCWD, "/", 0, unix.STATX_MNT_ID_UNIQUE, &st))
		req.Id = st.Mnt_id
		buf := make([]byte, 2048)
		if unix.Statmount(&req, buf, 0) == nil { // Linux 6.8
			f.Add(buf[:(*unix.Statmount_t)(unsafe.Pointer(&buf[0])).Size])
		}
	}
	head := unix.Statmount_t{Size: unix.SizeofStatmount_t + 4, Mask: ^uint64(0), Opt_num: 1 << 31}
	whole := append(bytes.Clone(unsafe.Slice((*byte)(unsafe.Pointer(&head)), unix.SizeofStatmount_t)), "\x00a\x00b"...)
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := unix.ParseStatmount(ending(t, b))
		if err != nil {
			if err != unix.EINVAL || m != nil {
				t.Fatal(m, err)
			}
			return
		}
		if len(b) < int(m.Size) || len(m.FsType) > len(b) || len(m.Options) > len(b) || len(m.UIDMap) > len(b) {
			t.Fatalf("%d bytes give %+v", len(b), m)
		}
	})
}

func FuzzLsmCtx(f *testing.F) {
	one := lsmCtx(unix.LsmCtx{Id: unix.LSM_ID_SMACK, Len: 40, Ctx_len: 3}, "ab\x00", 5)
	f.Add(one, 1)
	f.Add(append(one, lsmCtx(unix.LsmCtx{Len: 32}, "", 0)...), 2)
	f.Add(one[:33], 1<<30)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		got, err := unix.ParseLsmCtx(ending(t, b), n)
		if err != nil && err != unix.EINVAL {
			t.Fatal(err)
		}
		total := 0
		for _, c := range got {
			total += unix.SizeofLsmCtx + len(c.Value)
		}
		if err == nil && len(got) != max(n, 0) || total > len(b) {
			t.Fatalf("%d bytes in %d, %d of %d attributes", total, len(b), len(got), n)
		}
	})
}
