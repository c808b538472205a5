package netlink_test

import (
	"encoding/binary"
	"errors"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"kern.sys/netlink"
	"kern.sys/unix"
)

// What the packets of these tests are: of a type that nobody else sends, with a number at the start.
const (
	testPacketType = 0x88b5 // ETH_P_802_EX1 of linux/if_ether.h: for experiments
	ringFrame      = 256    // bytes that the ring keeps of a packet, with its header
	ringFrames     = 8192
)

// seenPacket is a packet as it arrived at a link.
type seenPacket struct {
	number uint32 // the first four bytes behind the Ethernet header
	size   int    // with the Ethernet header
	at     time.Time
	data   []byte // its beginning, with the Ethernet header
}

// packetRing is what a link receives of one type of packets, with the kernel's time of each. It has room for
// ringFrames packets, however late they are looked at.
type packetRing struct {
	t    *testing.T
	fd   int
	mem  []byte
	next int
}

func newPacketRing(t *testing.T, link netlink.Link, protocol uint16) *packetRing {
	t.Helper()
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	request := unix.TpacketReq{Block_size: 1 << 16, Block_nr: ringFrames * ringFrame >> 16, Frame_size: ringFrame,
		Frame_nr: ringFrames}
	err = errors.Join(unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V2),
		unix.SetsockoptTpacketReq(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &request))
	if err != nil {
		t.Fatal(err)
	}
	mem, err := unix.Mmap(fd, 0, ringFrames*ringFrame, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(mem) })
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: bigEndian16(protocol),
		Ifindex: link.Attrs().Index}); err != nil {
		t.Fatal(err)
	}
	return &packetRing{t: t, fd: fd, mem: mem}
}

// bigEndian16 has the bytes of v in network byte order.
func bigEndian16(v uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], v)
	return binary.NativeEndian.Uint16(b[:])
}

// arrived returns the next packet if it is there.
func (r *packetRing) arrived() (p seenPacket, ok bool) {
	frame := r.mem[r.next*ringFrame : (r.next+1)*ringFrame]
	header := (*unix.Tpacket2Hdr)(unsafe.Pointer(&frame[0]))
	if atomic.LoadUint32(&header.Status)&unix.TP_STATUS_USER == 0 { // the kernel writes it last
		return p, false
	}
	if r.next == ringFrames-1 {
		r.t.Fatal("the ring is full")
	}
	r.next++
	data := frame[header.Mac:][:min(int(header.Snaplen), ringFrame-int(header.Mac))]
	return seenPacket{number: binary.BigEndian.Uint32(data[14:]), size: int(header.Len),
		at: time.Unix(int64(header.Sec), int64(header.Nsec)), data: data}, true
}

// await returns the next packet, and fails the test where none comes for a long time.
func (r *packetRing) await() seenPacket {
	r.t.Helper()
	for {
		if p, ok := r.arrived(); ok {
			return p
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(r.fd), Events: unix.POLLIN}}, 60_000)
		if err != nil && !errors.Is(err, unix.EINTR) {
			r.t.Fatal(err)
		}
		if _, ok := r.peek(); n == 0 && err == nil && !ok {
			r.t.Fatalf("no packet for a minute after %d", r.next)
		}
	}
}

func (r *packetRing) peek() (seenPacket, bool) {
	p, ok := r.arrived()
	if ok {
		r.next--
	}
	return p, ok
}

// packetSender sends packets out of a link to the other end of a pair, with priority, as many as are wanted at once:
// where the buffer of its socket is full it takes another one.
type packetSender struct {
	t        *testing.T
	to       unix.SockaddrLinklayer
	priority int
	fd       int
	sent     uint32
}

func newPacketSender(t *testing.T, from, to netlink.Link, protocol uint16, priority uint32) *packetSender {
	t.Helper()
	s := &packetSender{t: t, priority: int(priority), fd: -1, to: unix.SockaddrLinklayer{Protocol: bigEndian16(protocol),
		Ifindex: from.Attrs().Index, Halen: 6}}
	copy(s.to.Addr[:], to.Attrs().HardwareAddr)
	s.open()
	return s
}

func (s *packetSender) open() {
	s.t.Helper()
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { unix.Close(fd) })
	if s.priority != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PRIORITY, s.priority); err != nil {
			s.t.Fatal(err)
		}
	}
	s.fd = fd
}

// send sends data, whose first four bytes become the number of the packet, and reports whether it was taken.
func (s *packetSender) send(data []byte) bool {
	s.t.Helper()
	binary.BigEndian.PutUint32(data, s.sent)
	return s.sendAsItIs(data)
}

func (s *packetSender) sendAsItIs(data []byte) bool {
	s.t.Helper()
	err := unix.Sendto(s.fd, data, 0, &s.to)
	if errors.Is(err, unix.EAGAIN) {
		s.open()
		err = unix.Sendto(s.fd, data, 0, &s.to)
	}
	s.sent++
	if errors.Is(err, unix.ENOBUFS) {
		return false // dropped
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return true
}
