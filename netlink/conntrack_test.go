package netlink

import (
	"bytes"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// ctNew is the type of what the kernel says of a connection.
const ctNew = uapi.NFNL_SUBSYS_CTNETLINK<<8 | uapi.IPCTNL_MSG_CT_NEW

// What conntrack -I sends, and what the kernel lists of it (Linux 6.18).
const (
	conntrackSent = "02 00 0000" +
		"34000180 14000180 08000100 0a000001 08000200 0a000002 1c000280 05000100 06000000 06000200 00010000 06000300 " +
		"00020000" +
		"34000280 14000180 08000100 0a000002 08000200 0a000001 1c000280 05000100 06000000 06000200 00020000 06000300 " +
		"00010000" +
		"08000300 0000000e" + // CTA_STATUS
		"08000800 00000005" + // CTA_MARK
		"08000700 00000384" + // CTA_TIMEOUT
		"06001200 00030000" + // CTA_ZONE
		"30000480 2c000180 05000100 03000000 05000200 00000000 05000300 00000000 06000400 0a0a0000 06000500 0a0a0000"
	conntrackListed = "02 00 0000" +
		"34000180 14000180 08000100 0a000001 08000200 0a000002 1c000280 05000100 06000000 06000200 00010000 06000300 " +
		"00020000" +
		"34000280 14000180 08000100 0a000002 08000200 0a000001 1c000280 05000100 06000000 06000200 00020000 06000300 " +
		"00010000" +
		"06001200 00030000" +
		"08000300 0000000e" +
		"08000800 00000005" +
		"08000c00 6816f79e" + // CTA_ID
		"08000b00 00000001" + // CTA_USE
		"08000700 00000383" +
		"30000480 2c000180 05000100 03000000 05000200 00000000 05000300 00000000 06000400 0a000000 06000500 0a000000" +
		"1c000980 0c000100 0000000000000007 0c000200 0000000000000246" + // CTA_COUNTERS_ORIG
		"1c000a80 0c000100 0000000000000001 0c000200 0000000000000028" +
		"10001480 0c000100 18ec3bfab254c7c7" + // CTA_TIMESTAMP
		"14001600 01000000 00000000 00000000 00000080" + // CTA_LABELS
		"1c001880 08000100 00000000 08000200 00000000 08000300 00000000" // CTA_SYNPROXY
	conntrackICMP = "02 00 0000" +
		"3c000180 14000180 08000100 0a000001 08000200 0a000004 24000280 05000100 01000000 06000400 004d0000 05000500 " +
		"08000000 05000600 00000000" +
		"3c000280 14000180 08000100 0a000004 08000200 0a000001 24000280 05000100 01000000 06000400 004d0000 05000500 " +
		"00000000 05000600 00000000" +
		"08000300 00000008 08000700 00000050"
)

func TestConntrackDecode(t *testing.T) {
	var d conntrackDecoder
	var f ConntrackFlow
	if err := d.flow(capture.Message(t, ctNew, conntrackListed), &f); err != nil {
		t.Fatal(err)
	}
	want := ConntrackFlow{
		FamilyType: FAMILY_V4,
		Forward: IPTuple{
			SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2}, SrcPort: 1, DstPort: 2, Protocol: uapi.IPPROTO_TCP,
			Packets: 7, Bytes: 0x246,
		},
		Reverse: IPTuple{
			SrcIP: net.IP{10, 0, 0, 2}, DstIP: net.IP{10, 0, 0, 1}, SrcPort: 2, DstPort: 1, Protocol: uapi.IPPROTO_TCP,
			Packets: 1, Bytes: 0x28,
		},
		Mark: 5, Zone: 3, TimeOut: 899, Status: ConntrackStatusSeenReply | ConntrackStatusAssured | ConntrackStatusConfirmed,
		ProtoInfo: &ProtoInfoTCP{State: uapi.TCP_CONNTRACK_ESTABLISHED, FlagsOriginal: ConntrackTCPFlags{Flags: 10},
			FlagsReply: ConntrackTCPFlags{Flags: 10}},
		TimeStart: 0x18ec3bfab254c7c7, ID: 0x6816f79e, Use: 1, Synproxy: &ConntrackSynproxy{},
		Labels: []byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80},
	}
	if !reflect.DeepEqual(f, want) {
		t.Errorf("got  %+v\nwant %+v", f, want)
	}
	for _, part := range []string{"tcp\t6 src=10.0.0.1 dst=10.0.0.2 sport=1 dport=2 packets=7 bytes=582 src=10.0.0.2",
		"[status=0b1110, ASSURED] mark=0x5 labels=0x0100", "zone=3", "timeout=899(sec)"} {
		if !strings.Contains(f.String(), part) {
			t.Errorf("%q is not in %s", part, f.String())
		}
	}
	if err := d.flow(capture.Message(t, ctNew, conntrackICMP), &f); err != nil || f.Forward.ICMPID != 77 ||
		f.Forward.ICMPType != 8 || f.Forward.SrcPort != 0 {
		t.Errorf("got %v %+v", err, f)
	}
}

// payload is what a request would send behind the message header.
func payload(t *testing.T, r *wire.Request) []byte {
	t.Helper()
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	return r.Bytes()[uapi.SizeofNlmsghdr:]
}

// The same flow is sent in the bytes that conntrack sends.
func TestConntrackEncode(t *testing.T) {
	var d conntrackDecoder
	var f ConntrackFlow
	sent := capture.Message(t, ctNew, conntrackSent)
	if err := d.flow(sent, &f); err != nil {
		t.Fatal(err)
	}
	r := conntrackRequest(ConntrackTable, uapi.IPCTNL_MSG_CT_NEW, 0, FAMILY_V4)
	encodeConntrack(r, &f, true)
	if got := payload(t, r); !bytes.Equal(got, sent) {
		t.Errorf("got  %x\nwant %x", got, sent)
	}
	// A range of NAT and what else only a new flow has.
	f.NATDst = &ConntrackNAT{Min: net.IP{10, 9, 0, 1}, Max: net.IP{10, 9, 0, 9}, PortMin: 1000, PortMax: 1010}
	f.Helper, f.Master = "ftp", &f.Forward
	f.SeqAdjOriginal, f.Synproxy = &ConntrackSeqAdj{CorrectionPos: 1, OffsetBefore: -2, OffsetAfter: 3},
		&ConntrackSynproxy{ISN: 1, ITS: 2, TSOff: 3}
	r = conntrackRequest(ConntrackTable, uapi.IPCTNL_MSG_CT_NEW, 0, FAMILY_V4)
	encodeConntrack(r, &f, true)
	var again ConntrackFlow
	if err := d.flow(payload(t, r), &again); err != nil {
		t.Fatal(err)
	}
	if again.Helper != "ftp" || again.Master == nil || again.Master.DstPort != 2 ||
		*again.SeqAdjOriginal != *f.SeqAdjOriginal || *again.Synproxy != *f.Synproxy {
		t.Errorf("got %+v", again)
	}
	nat := "2800 0d80 0800 0100 =0a090001 0800 0200 =0a090009 1400 0380 0600 0100 =03e80000 0600 0200 =03f20000"
	if want := capture.Words(t, nat); !bytes.Contains(r.Bytes(), want) {
		t.Errorf("no %x in %x", want, r.Bytes())
	}
	// None of that is in a change, where it would be stale.
	r = conntrackRequest(ConntrackTable, uapi.IPCTNL_MSG_CT_NEW, 0, FAMILY_V4)
	encodeConntrack(r, &f, false)
	if got := payload(t, r); !bytes.Equal(got[:len(sent)], sent) || len(got) != len(sent) {
		t.Errorf("got  %x\nwant %x", got, sent)
	}
}

// A timeout of 0 ends a connection. That of one in a flow table is not listed, and so is no wish to end it.
func TestConntrackEncodeTimeout(t *testing.T) {
	for i, c := range []struct {
		status, timeout uint32
		create, sent    bool
	}{
		{ConntrackStatusOffload, 0, false, false},
		{ConntrackStatusOffload, 0, true, true},
		{ConntrackStatusOffload, 5, false, true},
		{ConntrackStatusConfirmed, 0, false, true},
	} {
		f := ConntrackFlow{FamilyType: FAMILY_V4, Status: c.status, TimeOut: c.timeout,
			Forward: IPTuple{SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2}}}
		r := conntrackRequest(ConntrackTable, uapi.IPCTNL_MSG_CT_NEW, 0, FAMILY_V4)
		encodeConntrack(r, &f, c.create)
		sent := false
		for d := wire.NewDecoderAfter(payload(t, r), uapi.SizeofNfgenmsg); d.Next(); {
			sent = sent || d.Type() == uapi.CTA_TIMEOUT && d.BE32() == c.timeout
		}
		if sent != c.sent {
			t.Errorf("%d: a timeout is sent: %v", i, sent)
		}
	}
}

// conntrack -L --mark 5/15 -f ipv4 sends this.
func TestConntrackQueryEncode(t *testing.T) {
	mark := uint32(5)
	q := ConntrackQuery{Family: FAMILY_V4, Mark: &mark, MarkMask: 15}
	want := capture.Message(t, ctNew|uapi.IPCTNL_MSG_CT_GET, "02 00 0000 08000800 00000005 08001500 0000000f")
	if got := payload(t, q.request()); !bytes.Equal(got, want) {
		t.Errorf("got  %x\nwant %x", got, want)
	}
	q = ConntrackQuery{Family: FAMILY_V6, Original: ConntrackTupleQuery{Dst: netip.MustParsePrefix("2001:db8::1/128"),
		Protocol: uapi.IPPROTO_TCP, DstPort: 80}}
	want = capture.Message(t, ctNew|uapi.IPCTNL_MSG_CT_GET, "0a 00 0000"+
		"38000180 18000180 14000400 20010db8 00000000 00000000 00000001 1c000280 05000100 06000000 06000200 00000000 "+
		"06000300 00500000"+
		"14001980 08000100 2a000000 08000200 00000000")
	if got := payload(t, q.request()); !bytes.Equal(got, want) {
		t.Errorf("got  %x\nwant %x", got, want)
	}
	q = ConntrackQuery{Source: ConntrackDying, ZeroCounters: true}
	if q.request().Err() == nil {
		t.Error("counters of dying connections are set to 0")
	}
}

func TestConntrackFilter(t *testing.T) {
	flow := func() *ConntrackFlow {
		return &ConntrackFlow{
			FamilyType: FAMILY_V4, Zone: 3, Status: ConntrackStatusAssured | ConntrackStatusConfirmed,
			Labels: append([]byte{0, 1, 2, 3}, make([]byte, 12)...),
			Forward: IPTuple{SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2}, SrcPort: 1, DstPort: 2,
				Protocol: uapi.IPPROTO_UDP},
			Reverse: IPTuple{SrcIP: net.IP{10, 1, 0, 2}, DstIP: net.IP{10, 0, 0, 1}, SrcPort: 2, DstPort: 1,
				Protocol: uapi.IPPROTO_UDP},
		}
	}
	entry := ConntrackEntry{
		Family: FAMILY_V4, Zone: 3, Status: flow().Status, HasLabels: true, Labels: [16]byte{0, 1, 2, 3},
		Original: ConntrackTuple{Src: netip.MustParseAddr("10.0.0.1"), Dst: netip.MustParseAddr("10.0.0.2"), SrcPort: 1,
			DstPort: 2, Protocol: uapi.IPPROTO_UDP},
		Reply: ConntrackTuple{Src: netip.MustParseAddr("10.1.0.2"), Dst: netip.MustParseAddr("10.0.0.1"), SrcPort: 2,
			DstPort: 1, Protocol: uapi.IPPROTO_UDP},
	}
	_, net10, _ := net.ParseCIDR("10.1.0.0/16")
	for name, c := range map[string]struct {
		add  func(f *ConntrackFilter) error
		want bool
	}{
		"empty": {func(f *ConntrackFilter) error { return nil }, false},
		"source": {func(f *ConntrackFilter) error { return f.AddIP(ConntrackOrigSrcIP, net.ParseIP("10.0.0.1")) },
			true},
		"other source": {func(f *ConntrackFilter) error { return f.AddIP(ConntrackOrigSrcIP, net.ParseIP("10.0.0.2")) },
			false},
		"destination": {func(f *ConntrackFilter) error { return f.AddIP(ConntrackOrigDstIP, net.IP{10, 0, 0, 2}) },
			true},
		"six": {func(f *ConntrackFilter) error { return f.AddIP(ConntrackOrigDstIP, net.ParseIP("::1")) },
			false},
		"reply":          {func(f *ConntrackFilter) error { return f.AddIPNet(ConntrackReplySrcIP, net10) }, true},
		"reply dst":      {func(f *ConntrackFilter) error { return f.AddIPNet(ConntrackReplyDstIP, net10) }, false},
		"any reply":      {func(f *ConntrackFilter) error { return f.AddIPNet(ConntrackReplyAnyIP, net10) }, true},
		"protocol":       {func(f *ConntrackFilter) error { return f.AddProtocol(uapi.IPPROTO_UDP) }, true},
		"other protocol": {func(f *ConntrackFilter) error { return f.AddProtocol(uapi.IPPROTO_TCP) }, false},
		"zone":           {func(f *ConntrackFilter) error { return f.AddZone(3) }, true},
		"no zone":        {func(f *ConntrackFilter) error { return f.AddZone(0) }, false},
		"status": {func(f *ConntrackFilter) error {
			return f.AddStatus(ConntrackMatchStatus,
				ConntrackStatusAssured)
		}, true},
		"all of a status": {func(f *ConntrackFilter) error {
			return f.AddStatus(ConntrackMatchStatus, ConntrackStatusAssured|
				1)
		}, false},
		"not a status": {func(f *ConntrackFilter) error {
			return f.AddStatus(ConntrackUnmatchStatus,
				ConntrackStatusDying)
		}, true},
		"none of statuses": {func(f *ConntrackFilter) error {
			return f.AddStatus(ConntrackUnmatchStatus, ConntrackStatusDying|ConntrackStatusAssured)
		}, false},
		"labels": {func(f *ConntrackFilter) error { return f.AddLabels(ConntrackMatchLabels, [][]byte{{1, 2}, {3}}) },
			true},
		"other labels": {func(f *ConntrackFilter) error { return f.AddLabels(ConntrackMatchLabels, [][]byte{{1, 2}, {9}}) },
			false},
		"not labels": {func(f *ConntrackFilter) error { return f.AddLabels(ConntrackUnmatchLabels, [][]byte{{9}}) }, true},
		"not a label": {func(f *ConntrackFilter) error { return f.AddLabels(ConntrackUnmatchLabels, [][]byte{{9}, {2}}) },
			false},
		"ports": {func(f *ConntrackFilter) error {
			f.AddProtocol(uapi.IPPROTO_UDP)
			f.AddPort(ConntrackOrigSrcPort, 1)
			return f.AddPort(ConntrackOrigDstPort, 2)
		}, true},
		"other port": {func(f *ConntrackFilter) error {
			f.AddProtocol(uapi.IPPROTO_UDP)
			return f.AddPort(ConntrackOrigDstPort, 3)
		}, false},
	} {
		var f ConntrackFilter
		if err := c.add(&f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		q := f.query(FAMILY_V4)
		if got := f.MatchConntrackFlow(flow()); got != c.want {
			t.Errorf("%s: of a flow %v", name, got)
		}
		if got := f.MatchConntrackEntry(&entry); got != c.want {
			t.Errorf("%s: of an entry %v", name, got)
		}
		if c.want && !q.wants(&entry) {
			t.Errorf("%s: what the kernel is asked for has not the flow", name)
		}
		// Each condition is said once, but for a status.
		if err := c.add(&f); err == nil && name != "empty" && !strings.Contains(name, "status") {
			t.Errorf("%s: added twice", name)
		}
	}
	var f ConntrackFilter
	if f.AddIP(ConntrackOrigSrcIP, nil) == nil || f.AddIPNet(ConntrackOrigSrcIP, nil) == nil ||
		f.AddPort(ConntrackOrigDstPort, 1) == nil ||
		f.AddLabels(ConntrackMatchLabels, nil) == nil || f.AddStatus(ConntrackMatchLabels, 1) == nil {
		t.Error("conditions without a value are no errors")
	}
	none := flow()
	none.Labels = nil
	f.AddLabels(ConntrackUnmatchLabels, [][]byte{{1}})
	if f.MatchConntrackFlow(none) {
		t.Error("a flow without labels is chosen by labels")
	}
}

func TestConntrackNames(t *testing.T) {
	if s := ConntrackTCPStateString(uapi.TCP_CONNTRACK_TIME_WAIT); s != "TIME_WAIT" {
		t.Error(s)
	}
	if s := ConntrackTCPStateString(99); s != "99" {
		t.Error(s)
	}
	if s := SocketStateString(TCP_ESTABLISHED); s != "ESTAB" {
		t.Error(s)
	}
	if s := SocketStateString(0); s != "0" {
		t.Error(s)
	}
}

// TestUsualTuplesAreReadAsAllOthers changes each bit of tuples, and compares the two ways to read them.
func TestUsualTuplesAreReadAsAllOthers(t *testing.T) {
	ports := "1c000280 05000100 06000000 06000200 00010000 06000300 00020000"
	for _, text := range []string{
		"34000180 14000180 08000100 0a000001 08000200 0a000002" + ports,
		"4c000180 2c000180 14000300 20010db8 00000000 00000000 00000001 14000400 20010db8 00000000 00000000 00000002" +
			ports,
	} {
		b := capture.Message(t, ctNew, "02 00 0000"+text)[8:]
		usual := 0
		for bit := range 1 + 8*len(b) {
			changed := slices.Clone(b)
			if bit < 8*len(b) {
				changed[bit/8] ^= 1 << (bit % 8)
			}
			var one, other ConntrackTuple
			if !one.decodeUsual(changed) {
				continue
			}
			usual++
			if err := other.decodeEach(changed); err != nil || one != other {
				t.Errorf("% x: %+v, and by all ways %+v, %v", changed, one, other, err)
			}
		}
		// What may change are addresses, protocol, ports and padding.
		if want := 8*len(b) - 8*(4*7) + 1; usual != want {
			t.Errorf("%d of tuples are as usual, want %d", usual, want)
		}
	}
}

func FuzzConntrackDecode(f *testing.F) {
	for _, text := range []string{conntrackSent, conntrackListed, conntrackICMP} {
		f.Add(capture.Message(f, ctNew, text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, table := range []ConntrackTableType{ConntrackTable, ConntrackExpectTable} {
			d := conntrackDecoder{table: table}
			var flow ConntrackFlow
			if err := d.flow(data, &flow); err != nil {
				continue
			}
			_ = flow.String()
			r := conntrackRequest(table, uapi.IPCTNL_MSG_CT_NEW, 0, InetFamily(flow.FamilyType))
			encodeConntrack(r, &flow, true)
			pass := conntrackPass{batch: (*wire.Conn)(nil).NewBatch()}
			if err := pass.delete(table, data); err != nil {
				t.Errorf("what was listed cannot be deleted: %v", err)
			}
		}
		_, _, _ = decodeConntrackStats(wire.Message{Data: data})
	})
}

// BenchmarkConntrackEntryDecode reads connections as a dump has them.
func BenchmarkConntrackEntryDecode(b *testing.B) {
	data := capture.Message(b, ctNew, conntrackListed)
	var e ConntrackEntry
	for b.Loop() {
		if err := e.decode(data, nil); err != nil || e.Zone != 3 {
			b.Fatal(e, err)
		}
	}
}
