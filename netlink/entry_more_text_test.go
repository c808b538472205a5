package netlink

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"
)

func TestOtherValuesPrintAsWords(t *testing.T) {
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	there, back := ConntrackTuple{Src: a, Dst: b, SrcPort: 5, DstPort: 80, Protocol: 6},
		ConntrackTuple{Src: b, Dst: a, ICMPType: 8, ICMPID: 7}
	tuple := IPTuple{SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2}, SrcPort: 5, DstPort: 21, Protocol: 6}
	socket := Socket{State: 1, UID: 3, INode: 4,
		ID: SocketID{SourcePort: 5, DestinationPort: 80, Source: net.IP{10, 0, 0, 1}, Destination: net.ParseIP("fd00::2")}}
	for want, v := range map[string]any{
		"tcp 6 9 src=10.0.0.1 dst=10.0.0.2 sport=5 dport=80 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 type=8 code=0 id=7 " +
			"[status=0b0] mark=0x7 labels=0x01000000000000000000000000000000 zone=3": ConntrackEntry{
			Original: there, Reply: back, Timeout: 9, Mark: 7, HasLabels: true, Labels: [16]byte{1}, Zone: 3},
		"9 proto=6 src=10.0.0.1 dst=10.0.0.2 sport=5 dport=21 mask proto=0 src=<nil> dst=<nil> sport=0 dport=0 master " +
			"proto=6 src=10.0.0.1 dst=10.0.0.2 sport=5 dport=21 helper ftp": ConntrackExpectation{
			TimeOut: 9, Tuple: tuple, Master: tuple, Helper: "ftp"},
		"u32 80000800 link 3 parent ffff:fff2 protocol 0x0800 pref 10 chain 4": &FilterEntry{LinkIndex: 3,
			Handle: 0x80000800,
			Parent: HANDLE_MIN_INGRESS, Protocol: 0x800, Priority: 10, Chain: 4,
			kind: "u32"},
		"htb 1:10 link 3 parent 1:1 leaf 10:0 sent 100 bytes 2 pkt (dropped 3, overlimits 4 requeues 5) backlog 60b " +
			"7p": &ClassEntry{
			LinkIndex: 3, Handle: 0x10010, Parent: 0x10001, Leaf: 0x100000, Bytes: 100, Packets: 2, Drops: 3, Overlimits: 4,
			Requeues: 5, Backlog: 60, Qlen: 7, kind: "htb"},
		"10.0.0.1:5 to 10.0.0.2:80 state 1 uid 3 ino 4 rqueue 0 wqueue 0": SocketEntry{
			Source: netip.AddrPortFrom(a, 5), Destination: netip.AddrPortFrom(b, 80), State: 1, UID: 3, INode: 4},
		"10.0.0.1:5 to [fd00::2]:80 state 1 uid 3 ino 4 rqueue 0 wqueue 0": socket,
		`10.0.0.0/24,6:80,lo timeout 5 comment "x" nomatch`: IPSetEntry{
			IP: net.IP{10, 0, 0, 0}, CIDR: 24, Protocol: new(uint8(6)), Port: new(uint16(80)), IFace: "lo",
			Timeout: new(uint32(5)), Comment: "x", NoMatch: true},
		"10.0.0.1-10.0.0.2,02:00:00:00:00:01,0x5": IPSetEntry{
			IP: net.IP{10, 0, 0, 1}, IPTo: net.IP{10, 0, 0, 2}, MAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, Mark: new(uint32(5))},
		"family 2 link 3 forwarding true rp_filter 1": Netconf{Family: 2, LinkIndex: 3, Forwarding: new(true),
			RPFilter: new(1)},
		"family 2 arp_cache link 0 thresh1 7 gc_stale 1m0s refcnt 1 reachable 2s": Ntable{
			Family: 2, Name: "arp_cache", Thresh1: new(uint32(7)), GCStale: new(time.Minute), Refcnt: 1,
			Reachable: 2 * time.Second},
	} {
		if got := fmt.Sprint(v); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	if got, want := fmt.Sprint(&SocketInfo{Socket: socket}), socket.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
