package netlink_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// conntrackHandle is a handle in a new namespace that tracks connections.
func conntrackHandle(t testing.TB) (*netlink.Handle, netns.NsHandle) {
	t.Helper()
	ns := nstest.New(t)
	h, err := netlink.NewHandleAt(ns, uapi.NETLINK_ROUTE, uapi.NETLINK_NETFILTER)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Delete)
	_, _, err = h.ConntrackCount()
	nstest.Need(t, "connection tracking by netlink", "", err)
	return h, ns
}

// toolIn runs conntrack(8), or another program, in a namespace.
func toolIn(t testing.TB, ns netns.NsHandle, command string) string {
	t.Helper()
	args := strings.Fields(command)
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Skipf("no program %s", args[0])
	}
	var out []byte
	if err := netns.Do(ns, func() (err error) {
		out, err = exec.Command(args[0], args[1:]...).CombinedOutput()
		return err
	}); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled() {
			t.Skipf("the program crashes: %s: %v", command, err) // ipset 7.22 does on Linux 7.3
		}
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

func tcpFlow(dst string, dport uint16) *netlink.ConntrackFlow {
	return &netlink.ConntrackFlow{
		FamilyType: netlink.FAMILY_V4,
		Forward: netlink.IPTuple{
			SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.ParseIP(dst), SrcPort: 4000, DstPort: dport, Protocol: unix.IPPROTO_TCP,
		},
		Reverse: netlink.IPTuple{
			SrcIP: net.ParseIP(dst), DstIP: net.IP{10, 0, 0, 1}, SrcPort: dport, DstPort: 4000, Protocol: unix.IPPROTO_TCP,
		},
		TimeOut: 1000, Mark: 7,
		ProtoInfo: &netlink.ProtoInfoTCP{State: uapi.TCP_CONNTRACK_ESTABLISHED},
		Status:    netlink.ConntrackStatusAssured | netlink.ConntrackStatusSeenReply | netlink.ConntrackStatusConfirmed,
	}
}

func TestConntrackCreateUpdateDelete(t *testing.T) {
	h, ns := conntrackHandle(t)
	f := tcpFlow("10.0.0.2", 80)
	f.Zone = 3
	if err := h.ConntrackCreate(netlink.ConntrackTable, netlink.FAMILY_V4, f); err != nil {
		t.Fatal(err)
	}
	shown := toolIn(t, ns, "conntrack -L -o extended")
	for _, want := range []string{"tcp", "ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=4000 dport=80", "[ASSURED]",
		"mark=7", "zone=3"} {
		if !strings.Contains(shown, want) {
			t.Errorf("conntrack -L shows no %q: %s", want, shown)
		}
	}
	got, err := h.ConntrackGet(&netlink.ConntrackFlow{FamilyType: netlink.FAMILY_V4, Forward: f.Forward, Zone: 3})
	if err != nil {
		t.Fatal(err)
	}
	tcp, ok := got.ProtoInfo.(*netlink.ProtoInfoTCP)
	if got.Mark != 7 || got.Zone != 3 || got.Status&f.Status != f.Status || got.TimeOut < 990 || got.ID == 0 || !ok ||
		tcp.StateString() != "ESTABLISHED" {
		t.Errorf("got %+v %+v", got, got.ProtoInfo)
	}
	got.Mark, got.TimeOut = 9, 500
	if err := h.ConntrackUpdate(netlink.ConntrackTable, netlink.FAMILY_V4, got); err != nil {
		t.Fatal(err)
	}
	timeout, mark := uint32(300), uint32(0x10f) // the kernel would turn over the bits beside the mask
	// By the reply direction alone, and no more than what is named.
	reply := &netlink.ConntrackFlow{FamilyType: netlink.FAMILY_V4, Reverse: f.Reverse, Zone: 3}
	if err := h.ConntrackModify(reply, netlink.ConntrackChange{TimeOut: &timeout, Mark: &mark,
		MarkMask: 0xff00}); err != nil {
		t.Fatal(err)
	}
	if got, err = h.ConntrackGet(reply); err != nil || got.Mark != 0x109 || got.TimeOut > 300 || got.TimeOut < 290 {
		t.Errorf("got %v %+v", err, got)
	}
	other := *got
	other.ID++
	if err := h.ConntrackDelete(netlink.ConntrackTable, netlink.FAMILY_V4, &other); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("one of another number was deleted: %v", err)
	}
	if err := h.ConntrackDelete(netlink.ConntrackTable, netlink.FAMILY_V4, got); err != nil {
		t.Fatal(err)
	}
	if err := h.ConntrackDelete(netlink.ConntrackTable, netlink.FAMILY_V4, got); err != unix.ENOENT {
		t.Errorf("deleted twice: %v", err)
	}
	if err := h.ConntrackCreate(netlink.ConntrackTable, netlink.FAMILY_V4,
		&netlink.ConntrackFlow{FamilyType: netlink.FAMILY_V4}); err == nil {
		t.Error("a flow without addresses was created")
	}
	// What the kernel sets itself need not be said of a new one.
	bare := tcpFlow("10.0.0.3", 80)
	bare.Status = netlink.ConntrackStatusSeenReply | netlink.ConntrackStatusExpected
	if err := h.ConntrackCreate(netlink.ConntrackTable, netlink.FAMILY_V4, bare); err != nil {
		t.Error(err)
	}
	if got, err := h.ConntrackGet(bare); err != nil ||
		got.Status != netlink.ConntrackStatusSeenReply|netlink.ConntrackStatusConfirmed {
		t.Errorf("got %v %+v", err, got)
	}
	f.Labels = []byte{1}
	if err := h.ConntrackUpdate(netlink.ConntrackTable, netlink.FAMILY_V4, f); err == nil ||
		!strings.Contains(err.Error(), "16") {
		t.Errorf("labels of one byte: %v", err)
	}
}

func TestConntrackFlowsOfTheTool(t *testing.T) {
	h, ns := conntrackHandle(t)
	for _, command := range []string{
		"conntrack -I -p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 1 --dport 2 --state ESTABLISHED -t 900 -u " +
			"ASSURED,SEEN_REPLY -m 5",
		"conntrack -I -p udp -s 10.0.0.1 -d 10.0.0.3 --sport 10 --dport 20 -t 90 -w 4",
		"conntrack -I -p icmp -s 10.0.0.1 -d 10.0.0.4 --icmp-type 8 --icmp-code 0 --icmp-id 77 -t 80",
		"conntrack -I -p udp -s 2001:db8::1 -d 2001:db8::2 --sport 30 --dport 40 -t 70",
		"conntrack -I -p sctp -s 10.0.0.1 -d 10.0.0.5 --sport 50 --dport 60 --state ESTABLISHED -t 60 --orig-vtag 1000 " +
			"--reply-vtag 2000",
	} {
		toolIn(t, ns, command)
	}
	all, err := h.ConntrackTableList(netlink.ConntrackTable, netlink.FAMILY_ALL)
	if err != nil || len(all) != 5 {
		t.Fatal(len(all), err)
	}
	seen := map[string]bool{}
	for _, f := range all {
		text := f.String()
		switch {
		case f.Mark == 5:
			if tcp := f.ProtoInfo.(*netlink.ProtoInfoTCP); tcp.Protocol() != "tcp" ||
				tcp.State != uapi.TCP_CONNTRACK_ESTABLISHED || !strings.Contains(text, "ASSURED") {
				t.Errorf("%s %+v", text, tcp)
			}
			seen["tcp"] = true
		case f.Zone == 4:
			seen["udp"] = f.Forward.DstPort == 20 && f.Reverse.SrcPort == 20 && f.TimeOut <= 90 &&
				strings.Contains(text, "UNREPLIED")
		case f.Forward.Protocol == unix.IPPROTO_ICMP:
			seen["icmp"] = f.Forward.ICMPType == 8 && f.Forward.ICMPID == 77 && f.Reverse.ICMPType == 0 &&
				strings.Contains(text, "type=8 code=0 id=77")
		case f.FamilyType == netlink.FAMILY_V6:
			seen["v6"] = f.Forward.SrcIP.Equal(net.ParseIP("2001:db8::1")) && len(f.Forward.SrcIP) == 16
		case f.Forward.Protocol == unix.IPPROTO_SCTP:
			sctp := f.ProtoInfo.(*netlink.ProtoInfoSCTP)
			seen["sctp"] = sctp.Protocol() == "sctp" && sctp.State == uapi.SCTP_CONNTRACK_ESTABLISHED &&
				sctp.VTagOriginal == inMemory(1000) && sctp.VTagReply == inMemory(2000)
		}
	}
	for _, what := range []string{"tcp", "udp", "icmp", "v6", "sctp"} {
		if !seen[what] {
			t.Errorf("%s is wrong among %v", what, all)
		}
	}
	// Each is made again after it was deleted, from what was listed.
	before := toolIn(t, ns, "conntrack -L -o id")
	if err := h.ConntrackTableFlush(netlink.ConntrackTable); err != nil {
		t.Fatal(err)
	}
	if n, _, err := h.ConntrackCount(); err != nil || n != 0 {
		t.Fatal(n, err)
	}
	for _, f := range all {
		if err := h.ConntrackCreate(netlink.ConntrackTable, netlink.InetFamily(f.FamilyType), f); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	if n, _, err := h.ConntrackCount(); err != nil || n != 5 {
		t.Fatal(n, err)
	}
	after := toolIn(t, ns, "conntrack -L -o id")
	if a, b := withoutTimes(before), withoutTimes(after); !slices.Equal(a, b) {
		t.Errorf("before\n%s\nafter\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
}

// inMemory is a number whose bytes were taken for network byte order: as conntrack(8) does it with tags.
func inMemory(v uint32) uint32 {
	return binary.BigEndian.Uint32(binary.NativeEndian.AppendUint32(nil, v))
}

// withoutTimes are the lines of conntrack -L, sorted, without what time and the kernel make of them.
func withoutTimes(shown string) (lines []string) {
	for line := range strings.Lines(shown) {
		words := strings.Fields(line)
		if len(words) < 4 || !strings.Contains(line, "src=") {
			continue
		}
		words = slices.DeleteFunc(words, func(w string) bool { return strings.HasPrefix(w, "id=") })
		words[2] = "" // the timeout
		lines = append(lines, strings.Join(words, " "))
	}
	slices.Sort(lines)
	return lines
}

func TestConntrackQueries(t *testing.T) {
	h, _ := conntrackHandle(t)
	for i := range 20 {
		f := tcpFlow("10.0.0.2", uint16(100+i))
		f.Mark, f.Zone = uint32(i%4), uint16(i%2)
		if i%5 == 0 {
			f.Status = netlink.ConntrackStatusConfirmed
		}
		if i >= 10 {
			f.Forward.DstIP, f.Reverse.SrcIP = net.IP{10, 0, 1, 2}, net.IP{10, 0, 1, 2}
		}
		if err := h.ConntrackCreate(netlink.ConntrackTable, netlink.FAMILY_V4, f); err != nil {
			t.Fatal(err)
		}
	}
	mark, zone, noZone := uint32(3), uint16(1), uint16(0)
	dst := netip.MustParsePrefix("10.0.1.2/32")
	for name, c := range map[string]struct {
		q    netlink.ConntrackQuery
		want int
	}{
		"all":           {netlink.ConntrackQuery{}, 20},
		"family":        {netlink.ConntrackQuery{Family: netlink.FAMILY_V6}, 0},
		"mark":          {netlink.ConntrackQuery{Mark: &mark}, 5},
		"mark and mask": {netlink.ConntrackQuery{Mark: &mark, MarkMask: 1}, 10},
		"zone":          {netlink.ConntrackQuery{Zone: &zone}, 10},
		"no zone":       {netlink.ConntrackQuery{Zone: &noZone}, 10},
		"status":        {netlink.ConntrackQuery{Status: netlink.ConntrackStatusAssured}, 16},
		"not status":    {netlink.ConntrackQuery{NoStatus: netlink.ConntrackStatusAssured}, 4},
		"both": {netlink.ConntrackQuery{Status: netlink.ConntrackStatusConfirmed,
			NoStatus: netlink.ConntrackStatusSeenReply}, 4},
		"address": {netlink.ConntrackQuery{Family: netlink.FAMILY_V4,
			Original: netlink.ConntrackTupleQuery{Dst: dst}}, 10},
		"any family": {netlink.ConntrackQuery{Original: netlink.ConntrackTupleQuery{Dst: dst}}, 10},
		"prefix": {netlink.ConntrackQuery{Family: netlink.FAMILY_V4,
			Reply: netlink.ConntrackTupleQuery{Src: netip.MustParsePrefix("10.0.0.0/23")}}, 20},
		"port": {netlink.ConntrackQuery{Family: netlink.FAMILY_V4,
			Original: netlink.ConntrackTupleQuery{Protocol: unix.IPPROTO_TCP, DstPort: 115}}, 1},
		"reply port": {netlink.ConntrackQuery{Family: netlink.FAMILY_V4,
			Reply: netlink.ConntrackTupleQuery{Protocol: unix.IPPROTO_TCP, SrcPort: 115, Src: dst}}, 1},
		"port, no proto": {netlink.ConntrackQuery{Family: netlink.FAMILY_V4,
			Original: netlink.ConntrackTupleQuery{DstPort: 115}}, 1},
		"other protocol": {netlink.ConntrackQuery{Family: netlink.FAMILY_V4,
			Original: netlink.ConntrackTupleQuery{Protocol: unix.IPPROTO_UDP}}, 0},
		"dying":       {netlink.ConntrackQuery{Source: netlink.ConntrackDying}, 0},
		"unconfirmed": {netlink.ConntrackQuery{Source: netlink.ConntrackUnconfirmed}, 0},
		"all of it": {netlink.ConntrackQuery{Family: netlink.FAMILY_V4, Mark: &mark, Zone: &zone,
			Original: netlink.ConntrackTupleQuery{Dst: dst}, Status: netlink.ConntrackStatusAssured}, 2},
		"zeroed counters": {netlink.ConntrackQuery{ZeroCounters: true}, 20},
	} {
		n := 0
		for e, err := range h.ConntrackEntries(c.q) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if e.Original.Src != netip.MustParseAddr("10.0.0.1") || e.State != uapi.TCP_CONNTRACK_ESTABLISHED {
				t.Errorf("%s: %+v", name, e)
			}
			n++
		}
		flows := 0
		for f, err := range h.ConntrackSeq(c.q) {
			if err != nil || f.ID == 0 {
				t.Fatalf("%s: %v", name, err)
			}
			flows++
		}
		list, err := h.ConntrackList(c.q)
		if n != c.want || flows != c.want || len(list) != c.want || err != nil {
			t.Errorf("%s: %d entries, %d flows and %d in a list, want %d, %v", name, n, flows, len(list), c.want, err)
		}
	}
	if all, err := h.AppendConntrackEntries(nil, netlink.ConntrackQuery{Mark: &mark}); err != nil || len(all) != 5 ||
		all[0].Mark != 3 {
		t.Error(len(all), err)
	}
	n, err := h.ConntrackDeleteMatching(netlink.ConntrackQuery{Mark: &mark},
		func(e *netlink.ConntrackEntry) bool { return e.Zone == 1 && e.Original.DstPort < 110 })
	if err != nil || n != 2 {
		t.Errorf("deleted %d %v", n, err)
	}
	if entries, _, err := h.ConntrackCount(); err != nil || entries != 18 {
		t.Errorf("%d are left, %v", entries, err)
	}
	if _, err := h.ConntrackDeleteMatching(netlink.ConntrackQuery{Source: netlink.ConntrackDying}, nil); err == nil {
		t.Error("dying connections were deleted")
	}
	if stats, err := h.ConntrackStats(); err != nil || len(stats) == 0 {
		t.Error(stats, err)
	}
	if stats, err := h.ConntrackExpectStats(); err != nil || len(stats) == 0 {
		t.Error(stats, err)
	}
}

// Connections of ICMP that the tool made, and one whose directions have zones of their own.
func TestConntrackQueriesOfICMPAndZones(t *testing.T) {
	h, ns := conntrackHandle(t)
	for _, line := range []string{
		"conntrack -I -p icmp -s 10.0.0.1 -d 10.0.0.2 --icmp-type 8 --icmp-code 0 --icmp-id 5 -t 100",
		"conntrack -I -p icmp -s 10.0.0.1 -d 10.0.0.2 --icmp-type 8 --icmp-code 0 --icmp-id 6 -t 100",
		"conntrack -I -p icmp -s 10.0.0.1 -d 10.0.0.2 --icmp-type 13 --icmp-code 0 --icmp-id 6 -t 100",
		"conntrack -I -p icmpv6 -s fd00::1 -d fd00::2 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 6 -t 100",
		"conntrack -I -p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 1 --dport 2 --state LISTEN -t 100 --orig-zone 7",
	} {
		toolIn(t, ns, line)
	}
	type tuple = netlink.ConntrackTupleQuery
	for name, c := range map[string]struct {
		family      netlink.InetFamily
		orig, reply tuple
		want        int
	}{
		"id": {netlink.FAMILY_V4, tuple{Protocol: unix.IPPROTO_ICMP, ICMPID: new(uint16(6))}, tuple{}, 2},
		"id and type": {netlink.FAMILY_V4, tuple{Protocol: unix.IPPROTO_ICMP, ICMPID: new(uint16(6)),
			ICMPType: new(uint8(13))}, tuple{}, 1},
		"code":            {0, tuple{ICMPCode: new(uint8(1))}, tuple{}, 0},
		"id of ICMPv6":    {netlink.FAMILY_V6, tuple{Protocol: unix.IPPROTO_ICMPV6, ICMPID: new(uint16(6))}, tuple{}, 1},
		"other of ICMPv6": {netlink.FAMILY_V6, tuple{Protocol: unix.IPPROTO_ICMPV6, ICMPID: new(uint16(5))}, tuple{}, 0},
		"id of any":       {0, tuple{ICMPID: new(uint16(6))}, tuple{}, 3},
		"zone":            {0, tuple{Zone: 7}, tuple{}, 1},
		"zone of replies": {0, tuple{}, tuple{Zone: 7}, 0},
	} {
		all, err := h.ConntrackList(netlink.ConntrackQuery{Family: c.family, Original: c.orig, Reply: c.reply})
		if err != nil || len(all) != c.want {
			t.Errorf("%s: %v, %v, want %d", name, all, err, c.want)
		}
	}
}

type customFilter func(*netlink.ConntrackFlow) bool

func (f customFilter) MatchConntrackFlow(flow *netlink.ConntrackFlow) bool { return f(flow) }

func TestConntrackDeleteFilters(t *testing.T) {
	h, _ := conntrackHandle(t)
	fill := func() {
		t.Helper()
		b := h.NewBatch()
		for i := range 3000 {
			f := tcpFlow("10.0.0.2", uint16(1+i))
			if i%3 == 0 {
				f.Forward.DstIP, f.Reverse.SrcIP = net.IP{10, 0, 1, 2}, net.IP{10, 0, 1, 2}
			}
			f.Mark = uint32(i)
			b.ConntrackCreate(netlink.ConntrackTable, netlink.FAMILY_V4, f)
		}
		if errs := b.Flush(); errs != nil {
			t.Fatal(errs[0])
		}
	}
	fill()
	byIP := &netlink.ConntrackFilter{}
	if err := byIP.AddIP(netlink.ConntrackOrigDstIP, net.ParseIP("10.0.1.2")); err != nil {
		t.Fatal(err)
	}
	n, err := h.ConntrackDeleteFilters(netlink.ConntrackTable, netlink.FAMILY_V4, byIP)
	if err != nil || n != 1000 {
		t.Fatalf("deleted %d %v", n, err)
	}
	byPort := &netlink.ConntrackFilter{}
	if err := errors.Join(byPort.AddProtocol(unix.IPPROTO_TCP),
		byPort.AddPort(netlink.ConntrackOrigDstPort, 2)); err != nil {
		t.Fatal(err)
	}
	custom := customFilter(func(f *netlink.ConntrackFlow) bool { return f.Mark >= 2000 })
	if n, err = h.ConntrackDeleteFilters(netlink.ConntrackTable, netlink.FAMILY_V4, byPort, custom); err != nil ||
		n != 668 {
		t.Fatalf("deleted %d %v", n, err)
	}
	if left, _, err := h.ConntrackCount(); err != nil || left != 1332 {
		t.Fatalf("%d are left, %v", left, err)
	}
	if n, err = h.ConntrackDeleteFilter(netlink.ConntrackTable, netlink.FAMILY_V4,
		&netlink.ConntrackFilter{}); err != nil || n != 0 {
		t.Errorf("an empty filter deleted %d %v", n, err)
	}
	if n, err = h.ConntrackDeleteFilters(netlink.ConntrackTable, netlink.FAMILY_V6, custom); err != nil || n != 0 {
		t.Errorf("of IPv6 were deleted %d %v", n, err)
	}
	if n, err := h.ConntrackDeleteMatching(netlink.ConntrackQuery{}, nil); err != nil || n != 1332 {
		t.Errorf("deleted %d %v", n, err)
	}
}

func TestConntrackEvents(t *testing.T) {
	h, _ := conntrackHandle(t)
	before := tcpFlow("10.0.0.9", 9)
	if err := h.ConntrackCreate(netlink.ConntrackTable, netlink.FAMILY_V4, before); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []string
	f := tcpFlow("10.0.0.2", 80)
	opts := netlink.ConntrackSubscribeOptions{ListExisting: true}
	for ev, err := range h.WithContext(ctx).ConntrackSubscribeSeq(opts) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ev.Type.String())
		switch ev.Type {
		case netlink.ConntrackListed:
			err = h.ConntrackCreate(netlink.ConntrackTable, netlink.FAMILY_V4, f)
		case netlink.ConntrackNew:
			change := *f
			change.Mark = 8
			err = h.ConntrackUpdate(netlink.ConntrackTable, netlink.FAMILY_V4, &change)
		case netlink.ConntrackUpdated:
			if ev.Flow.Mark != 8 {
				t.Errorf("got %+v", ev.Flow)
			}
			err = h.ConntrackDelete(netlink.ConntrackTable, netlink.FAMILY_V4, f)
		}
		if err != nil {
			t.Fatal(err)
		}
		if ev.Type == netlink.ConntrackDestroyed {
			if ev.Flow.Forward.DstPort != 80 {
				t.Errorf("got %+v", ev.Flow)
			}
			break
		}
	}
	if want := []string{"LISTED", "NEW", "UPDATE", "DESTROY"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestConntrackSubscribe(t *testing.T) {
	h, _ := conntrackHandle(t)
	ch, done := make(chan netlink.ConntrackEvent), make(chan struct{})
	mark := uint32(7)
	opts := netlink.ConntrackSubscribeOptions{
		Types: netlink.ConntrackDestroyed, Filter: netlink.ConntrackQuery{Mark: &mark},
		ErrorCallback: func(err error) { t.Error(err) },
	}
	if err := h.ConntrackSubscribe(ch, done, opts); err != nil {
		t.Fatal(err)
	}
	for _, mark := range []uint32{6, 7} {
		f := tcpFlow("10.0.0.2", uint16(mark))
		f.Mark = mark
		if err := h.ConntrackCreate(netlink.ConntrackTable, netlink.FAMILY_V4, f); err != nil {
			t.Fatal(err)
		}
		if err := h.ConntrackDelete(netlink.ConntrackTable, netlink.FAMILY_V4, f); err != nil {
			t.Fatal(err)
		}
	}
	if ev := <-ch; ev.Type != netlink.ConntrackDestroyed || ev.Flow.Forward.DstPort != 7 {
		t.Errorf("got %+v", ev)
	}
	close(done)
	for ev := range ch {
		t.Errorf("after the end: %+v", ev)
	}
}

func TestConntrackOfRealTraffic(t *testing.T) {
	h, ns := conntrackHandle(t)
	nstest.Sysctl(t, ns, "net/netfilter/nf_conntrack_acct", "1")
	nstest.Sysctl(t, ns, "net/netfilter/nf_conntrack_timestamp", "1")
	lo, err := h.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.LinkSetUp(lo); err != nil {
		t.Fatal(err)
	}
	toolIn(t, ns, "nft add table ip t")
	toolIn(t, ns, "nft add chain ip t c { type filter hook output priority 0 ; }")
	toolIn(t, ns, "nft add rule ip t c ct state new counter")
	if err := netns.Do(ns, func() error {
		c, err := net.Dial("udp", "127.0.0.1:3000")
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.Write([]byte("hello"))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	all, err := h.ConntrackTableList(netlink.ConntrackTable, netlink.FAMILY_V4)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(f *netlink.ConntrackFlow) bool { return f.Forward.DstPort == 3000 })
	if i < 0 {
		t.Fatalf("no such flow among %v", all)
	}
	if f := all[i]; f.Forward.Packets != 1 || f.Forward.Bytes != 33 || f.TimeStart == 0 || f.TimeStop != 0 ||
		f.Use == 0 || f.Forward.Protocol != unix.IPPROTO_UDP {
		t.Errorf("got %+v", f)
	}
}
