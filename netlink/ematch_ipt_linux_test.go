package netlink_test

import (
	"reflect"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// The kernel takes both matches, says them as they were sent, and drops packets to all.
func TestKernelAsksMatchesOfIptables(t *testing.T) {
	nstest.Do(t, func() {
		v0, v1 := upPair(t)
		// Without an address all of them are to everybody.
		tools(t, "ip addr add 10.9.0.1/24 dev v0", "tc qdisc add dev v0 clsact")
		tunnel := netlink.IPTPolicyElement{ReqID: new(uint32(5)), SPI: new(uint32(0x10)), Tunnel: new(true),
			Not: netlink.IPTPolicyFields{ReqID: true}}
		matches := []netlink.Ematch{
			{Match: &netlink.EmatchIPT{Hook: uapi.NF_INET_POST_ROUTING, NFProto: unix.AF_INET,
				AddrType: &netlink.IPTAddrType{Dst: 1 << unix.RTN_BROADCAST}}, Or: true},
			{Match: &netlink.EmatchIPT{Hook: uapi.NF_INET_PRE_ROUTING, NFProto: unix.AF_INET,
				Policy: &netlink.IPTPolicy{Strict: true, Elements: []netlink.IPTPolicyElement{tunnel}}}},
		}
		filter := &netlink.BasicFilter{FilterAttrs: netlink.FilterAttrs{LinkIndex: v0.Attrs().Index,
			Parent: netlink.HANDLE_MIN_EGRESS, Priority: 1, Protocol: unix.ETH_P_ALL}, Ematches: matches, Actions: drop()}
		nstest.Need(t, "extended match ipt", "", netlink.FilterAdd(filter))
		all, err := netlink.FilterList(v0, netlink.HANDLE_MIN_EGRESS)
		if err != nil || len(all) != 1 || !reflect.DeepEqual(all[0].(*netlink.BasicFilter).Ematches, matches) {
			t.Fatalf("the kernel has %+v, %v", all, err)
		}
		s, r := newPacketSender(t, v0, v1, unix.ETH_P_IP, 0), newPacketRing(t, v1, unix.ETH_P_IP)
		for i, dst := range [][4]byte{{255, 255, 255, 255}, {10, 9, 0, 6}} {
			if taken := s.sendAsItIs(ipv4Packet(dst, uint16(i))); taken != (i == 1) {
				t.Errorf("a packet to %v: taken is %t", dst, taken)
			}
		}
		if p := r.await(); p.data[19] != 1 {
			t.Errorf("number %d arrives", p.data[19])
		}
		if p, ok := r.arrived(); ok {
			t.Errorf("one more packet: % x", p.data)
		}
	})
}
