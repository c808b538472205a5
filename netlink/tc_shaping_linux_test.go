package netlink_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// Packets of these tests have 1000 bytes with the Ethernet header, which disciplines count.
const (
	shapedSize  = 1000
	shapedBody  = shapedSize - 14
	shapedBurst = 20 * shapedSize
)

// upPair is a pair of links that are up.
func upPair(t *testing.T) (v0, v1 netlink.Link) {
	t.Helper()
	v0, v1 = addVeth(t)
	tools(t, "ip link set v0 up", "ip link set v1 up")
	return v0, v1
}

// within reports whether got is at most a tenth off want.
func within(got, want float64) bool { return got > 0.9*want && got < 1.1*want }

// measured compares the middle one of several figures with what it is to be. Where the figures differ too much, the
// machine was busy with other things and all is measured again, some times at most: what they are does not count.
func measured(t *testing.T, what string, want float64, once func() []float64) {
	t.Helper()
	var all []float64
	for range 10 {
		if all = once(); settled(all) {
			break
		}
	}
	if got := all[len(all)/2]; !within(got, want) {
		t.Errorf("%s is %.0f, want %.0f; most are from %.0f to %.0f", what, got, want, all[len(all)/4], all[len(all)*3/4])
	}
}

// settled reports whether the half of sorted figures in the middle is close together.
func settled(all []float64) bool { return within(all[len(all)/4], all[len(all)*3/4]) }

// window is of how many packets the rates are: as many as are late when the machine has stood still have to go first.
const window = 50

// rates are how many bytes a second arrived, by the kernel's times, in order of their size: one for each window of
// packets that follow each other, from the first packet on that is not part of burst. What holds packets up, and lets
// those that waited go at once, is in few of these.
func rates(packets []seenPacket, burst int) []float64 {
	for size := 0; size < burst; packets = packets[1:] {
		size += packets[0].size
	}
	var all []float64
	for i, last := range packets[window:] {
		size := 0
		for _, p := range packets[i+1 : i+1+window] {
			size += p.size
		}
		all = append(all, float64(size)/last.at.Sub(packets[i].at).Seconds())
	}
	slices.Sort(all)
	return all
}

// queued sends n packets at once, which all wait, and returns them as they arrive.
func queued(t *testing.T, n int, s *packetSender, r *packetRing) []seenPacket {
	t.Helper()
	before := s.sent
	body := make([]byte, shapedBody)
	for range n {
		if !s.send(body) {
			t.Fatalf("packet %d was dropped", s.sent)
		}
	}
	all := make([]seenPacket, n)
	for i := range all {
		if all[i] = r.await(); all[i].number != before+uint32(i) || all[i].size != shapedSize {
			t.Fatalf("packet %d is number %d of %d bytes", i, all[i].number, all[i].size)
		}
	}
	return all
}

// Packets that wait in a tbf leave it as fast as its rate says.
func TestTbfKeepsItsRate(t *testing.T) {
	nstest.Do(t, func() {
		v0, v1 := upPair(t)
		q := &netlink.Tbf{QdiscAttrs: netlink.QdiscAttrs{LinkIndex: v0.Attrs().Index, Parent: netlink.HANDLE_ROOT,
			Handle: netlink.MakeHandle(1, 0)}, Rate: 1e6, Limit: 1 << 20, Burst: shapedBurst}
		err := netlink.QdiscAdd(q)
		nstest.Need(t, "queueing discipline tbf", "", err)
		s, r := newPacketSender(t, v0, v1, testPacketType, 0), newPacketRing(t, v1, testPacketType)
		measured(t, "rate", 1e6, func() []float64 { return rates(queued(t, 400, s, r), shapedBurst) })
	})
}

// Two classes of HTB have the rates that they say, at the same time; filters of u32 choose the class.
func TestHtbClassesKeepTheirRates(t *testing.T) {
	nstest.Do(t, func() {
		v0, v1 := upPair(t)
		link, root := v0.Attrs().Index, netlink.MakeHandle(1, 0)
		err := netlink.QdiscAdd(netlink.NewHtb(netlink.QdiscAttrs{LinkIndex: link, Parent: netlink.HANDLE_ROOT,
			Handle: root}))
		nstest.Need(t, "queueing discipline htb", "", err)
		want := [2]float64{5e5, 1e6} // bytes a second
		for i, rate := range want {
			handle := netlink.MakeHandle(1, uint16(10+i))
			class := netlink.NewHtbClass(netlink.ClassAttrs{LinkIndex: link, Parent: root, Handle: handle},
				netlink.HtbClassAttrs{Rate: uint64(8 * rate), Buffer: shapedBurst, Cbuffer: shapedBurst, Quantum: 2000})
			if err := netlink.ClassAdd(class); err != nil {
				t.Fatal(err)
			}
			// The fifth byte of the packet is the number of the class.
			err := netlink.FilterAdd(&netlink.U32{FilterAttrs: netlink.FilterAttrs{LinkIndex: link, Parent: root, Priority: 1,
				Protocol: testPacketType}, ClassId: handle, Sel: &netlink.TcU32Sel{Flags: netlink.TC_U32_TERMINAL,
				Keys: []netlink.TcU32Key{{Mask: 0xff000000, Val: uint32(i) << 24, Off: 4}}}})
			nstest.Need(t, "filter u32", "", err)
		}
		s, r := newPacketSender(t, v0, v1, testPacketType, 0), newPacketRing(t, v1, testPacketType)
		var both [2][]float64
		for range 10 {
			if both = twoRates(t, s, r); settled(both[0]) && settled(both[1]) {
				break
			}
		}
		for i, all := range both {
			measured(t, fmt.Sprint("rate of class ", i), want[i], func() []float64 { return all })
		}
		bytesOfClasses(t, v0, r.next)
	})
}

// twoRates sends packets to both classes, to the faster one twice as many, and returns how fast they come.
func twoRates(t *testing.T, s *packetSender, r *packetRing) [2][]float64 {
	t.Helper()
	const n = 450
	body := make([]byte, shapedBody)
	for i := range n {
		if body[4] = 1; i%3 == 0 {
			body[4] = 0
		}
		if !s.send(body) {
			t.Fatalf("packet %d was dropped", i)
		}
	}
	var seen [2][]seenPacket
	for range n {
		p := r.await()
		class := p.data[18]
		seen[class] = append(seen[class], p)
	}
	return [2][]float64{rates(seen[0], shapedBurst), rates(seen[1], shapedBurst)}
}

// bytesOfClasses compares the counters of the classes with what arrived in them.
func bytesOfClasses(t *testing.T, link netlink.Link, packets int) {
	t.Helper()
	var got uint64
	for e, err := range netlink.ClassEntries(link, netlink.HANDLE_NONE) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Bytes != shapedSize*e.Packets || e.Drops != 0 || e.Packets == 0 {
			t.Errorf("%v", e)
		}
		got += e.Packets
	}
	if got != uint64(packets) {
		t.Errorf("the classes had %d packets, %d arrived", got, packets)
	}
}

// What a policer lets through of a stream that never ends is as fast as its rate says.
func TestPoliceKeepsItsRate(t *testing.T) {
	nstest.Do(t, func() {
		v0, v1 := upPair(t)
		const burst, most = 200 * shapedSize, 600 // a fifth of a second: the stream may stand still as long
		tools(t, "tc qdisc add dev v0 clsact")
		p := netlink.NewPoliceAction()
		p.Rate, p.Burst, p.ExceedAction = 1e6, burst, netlink.TC_POLICE_SHOT
		err := netlink.FilterAdd(&netlink.MatchAll{FilterAttrs: netlink.FilterAttrs{LinkIndex: v0.Attrs().Index,
			Parent: netlink.HANDLE_MIN_EGRESS, Priority: 1, Protocol: unix.ETH_P_ALL}, Actions: []netlink.Action{p}})
		nstest.Need(t, "filter matchall with police", "", err)
		s, r := newPacketSender(t, v0, v1, testPacketType, 0), newPacketRing(t, v1, testPacketType)
		body := make([]byte, shapedBody)
		measured(t, "rate", 1e6, func() []float64 {
			var all []seenPacket
			for len(all) < most {
				s.send(body)
				if p, ok := r.arrived(); ok {
					all = append(all, p)
				}
			}
			for { // what was on its way
				if _, ok := r.arrived(); !ok {
					break
				}
			}
			return rates(all, burst+50*shapedSize)
		})
	})
}

// Packets leave netem after the time that it says.
func TestNetemDelays(t *testing.T) {
	nstest.Do(t, func() {
		v0, v1 := upPair(t)
		const delay = 80 * time.Millisecond
		q := netlink.NewNetem(netlink.QdiscAttrs{LinkIndex: v0.Attrs().Index, Parent: netlink.HANDLE_ROOT,
			Handle: netlink.MakeHandle(1, 0)}, netlink.NetemQdiscAttrs{Latency: uint32(delay.Microseconds()), Limit: 1000})
		nstest.Need(t, "queueing discipline netem", "", netlink.QdiscAdd(q))
		s, r := newPacketSender(t, v0, v1, testPacketType, 0), newPacketRing(t, v1, testPacketType)
		measured(t, "delay in ns", float64(delay), func() []float64 {
			var all []float64
			body := make([]byte, shapedBody)
			for range 51 { // not all at once: what is sent waits for its time
				binary.BigEndian.PutUint64(body[4:], uint64(time.Now().UnixNano()))
				s.send(body)
			}
			for range 51 {
				p := r.await()
				all = append(all, float64(p.at.Sub(time.Unix(0, int64(binary.BigEndian.Uint64(p.data[18:]))))))
			}
			slices.Sort(all)
			return all
		})
	})
}

// A program of classic BPF chooses which packets go another way.
func TestBpfFilterRedirectsWhatItMatches(t *testing.T) {
	nstest.Do(t, func() {
		v0, v1 := upPair(t)
		tools(t, "ip link add v2 type veth peer name v3", "ip link set v2 up", "ip link set v3 up",
			"tc qdisc add dev v0 clsact")
		v2, v3 := linkNamed(t, "v2"), linkNamed(t, "v3")
		program := []unix.SockFilter{ // the byte 18 of the frame is 7
			{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: 18},
			{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: 7, Jf: 1},
			{Code: unix.BPF_RET | unix.BPF_K, K: 0xffffffff},
			{Code: unix.BPF_RET | unix.BPF_K},
		}
		err := netlink.FilterAdd(&netlink.BpfFilter{FilterAttrs: netlink.FilterAttrs{LinkIndex: v0.Attrs().Index,
			Parent: netlink.HANDLE_MIN_EGRESS, Priority: 1, Protocol: unix.ETH_P_ALL}, Fd: -1, Ops: sockFilters(program),
			ClassId: netlink.MakeHandle(1, 1), Actions: []netlink.Action{netlink.NewMirredAction(v2.Attrs().Index)}})
		nstest.Need(t, "filter bpf", "", err)
		s := newPacketSender(t, v0, v1, testPacketType, 0)
		r1, r3 := newPacketRing(t, v1, testPacketType), newPacketRing(t, v3, testPacketType)
		body := make([]byte, shapedBody)
		for i := range 10 {
			if body[4] = 7; i%2 == 0 {
				body[4] = 8
			}
			s.send(body)
		}
		for i := range uint32(5) {
			if p := r1.await(); p.number != 2*i || p.data[18] != 8 {
				t.Errorf("packet %d of v1 is number %d with %d", i, p.number, p.data[18])
			}
			if p := r3.await(); p.number != 2*i+1 || p.data[18] != 7 {
				t.Errorf("packet %d of v3 is number %d with %d", i, p.number, p.data[18])
			}
		}
	})
}

// sockFilters are the instructions as BpfFilter has them.
func sockFilters(program []unix.SockFilter) (b []byte) {
	for _, in := range program {
		b = binary.NativeEndian.AppendUint16(b, in.Code)
		b = append(b, in.Jt, in.Jf)
		b = binary.NativeEndian.AppendUint32(b, in.K)
	}
	return b
}

func linkNamed(t *testing.T, name string) netlink.Link {
	t.Helper()
	l, err := netlink.LinkByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// ipv4Packet is a packet of UDP with a number in its identification.
func ipv4Packet(dst [4]byte, id uint16) []byte {
	b := []byte{0x45, 0, 0, 28, 0, 0, 0, 0, 64, unix.IPPROTO_UDP, 0, 0, 10, 9, 0, 1, dst[0], dst[1], dst[2], dst[3],
		0, 9, 0, 9, 0, 8, 0, 0}
	binary.BigEndian.PutUint16(b[4:], id)
	return b
}

// Of flower's filters one drops what it matches, and another has pedit write another destination into the packet.
func TestFlowerDropsAndPeditRewrites(t *testing.T) {
	nstest.Do(t, func() {
		v0, v1 := upPair(t)
		tools(t, "tc qdisc add dev v0 clsact")
		flower := func(priority uint16, dst []byte, action netlink.Action) *netlink.Flower {
			return &netlink.Flower{FilterAttrs: netlink.FilterAttrs{LinkIndex: v0.Attrs().Index,
				Parent: netlink.HANDLE_MIN_EGRESS, Priority: priority, Protocol: unix.ETH_P_IP}, EthType: unix.ETH_P_IP,
				DestIP: dst, Actions: []netlink.Action{action}}
		}
		drop := &netlink.GenericAction{ActionAttrs: netlink.ActionAttrs{Action: netlink.TC_ACT_SHOT}}
		nstest.Need(t, "filter flower with gact", "", netlink.FilterAdd(flower(1, []byte{10, 9, 0, 7}, drop)))
		rewrite := netlink.NewPeditAction()
		rewrite.DstIP, rewrite.DstMacAddr = []byte{10, 77, 0, 1}, []byte{2, 0, 0, 0, 0x77, 1}
		nstest.Need(t, "filter flower with pedit", "", netlink.FilterAdd(flower(2, []byte{10, 9, 0, 8}, rewrite)))

		s, r := newPacketSender(t, v0, v1, unix.ETH_P_IP, 0), newPacketRing(t, v1, unix.ETH_P_IP)
		var want []string
		for i := range uint16(12) {
			dst := [4]byte{10, 9, 0, byte(6 + i%3)}
			if taken := s.sendAsItIs(ipv4Packet(dst, i)); taken != (dst[3] != 7) {
				t.Errorf("a packet to %v: taken is %v", dst, taken)
			}
			switch dst[3] {
			case 6:
				want = append(want, fmt.Sprintf("%d to 10.9.0.6 at 02:00:00:00:0a:01", i))
			case 8:
				want = append(want, fmt.Sprintf("%d to 10.77.0.1 at 02:00:00:00:77:01", i))
			}
		}
		for i, want := range want {
			d := r.await().data
			got := fmt.Sprintf("%d to %d.%d.%d.%d at %02x:%02x:%02x:%02x:%02x:%02x", binary.BigEndian.Uint16(d[18:]), d[30],
				d[31],
				d[32], d[33], d[0], d[1], d[2], d[3], d[4], d[5])
			if got != want {
				t.Errorf("packet %d is %s, want %s", i, got, want)
			}
		}
		if p, ok := r.arrived(); ok {
			t.Errorf("one more packet: % x", p.data)
		}
	})
}
