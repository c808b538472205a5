package netlink_test

import (
	"fmt"
	"net"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// policyCases are matches of IPsec policies, and how many packets of IPv4 they find for each one that came through the
// tunnel: it is seen twice, as ESP and as what was in it.
var policyCases = []struct {
	name   string
	policy netlink.IPTPolicy
	found  uint64
}{
	{"any", netlink.IPTPolicy{}, 1},
	{"none", netlink.IPTPolicy{None: true}, 1},
	{"reqid", policyOf(netlink.IPTPolicyElement{ReqID: new(uint32(7))}), 1},
	{"another reqid", policyOf(netlink.IPTPolicyElement{ReqID: new(uint32(8))}), 0},
	{"not reqid", policyOf(netlink.IPTPolicyElement{ReqID: new(uint32(7)),
		Not: netlink.IPTPolicyFields{ReqID: true}}), 0},
	{"not another reqid", policyOf(netlink.IPTPolicyElement{ReqID: new(uint32(8)),
		Not: netlink.IPTPolicyFields{ReqID: true}}), 1},
	{"spi", policyOf(netlink.IPTPolicyElement{SPI: new(uint32(0x101))}), 1},
	{"spi of the way back", policyOf(netlink.IPTPolicyElement{SPI: new(uint32(0x102))}), 0},
	{"esp", policyOf(netlink.IPTPolicyElement{Proto: new(netlink.XFRM_PROTO_ESP)}), 1},
	{"ah", policyOf(netlink.IPTPolicyElement{Proto: new(netlink.XFRM_PROTO_AH)}), 0},
	{"tunnel", policyOf(netlink.IPTPolicyElement{Tunnel: new(true)}), 1},
	{"transport", policyOf(netlink.IPTPolicyElement{Tunnel: new(false)}), 0},
	{"source", policyOf(netlink.IPTPolicyElement{Src: endOf(1, 32)}), 1},
	{"another source", policyOf(netlink.IPTPolicyElement{Src: endOf(2, 32)}), 0},
	{"network of destinations", policyOf(netlink.IPTPolicyElement{Dst: endOf(0, 24)}), 1},
	{"not the network", policyOf(netlink.IPTPolicyElement{Dst: endOf(0, 24),
		Not: netlink.IPTPolicyFields{Dst: true}}), 0},
	{"strict", strictly(netlink.IPTPolicyElement{Tunnel: new(true)}), 1},
	{"strict and too long", strictly(netlink.IPTPolicyElement{Tunnel: new(true)}, netlink.IPTPolicyElement{}), 0},
}

func policyOf(el ...netlink.IPTPolicyElement) netlink.IPTPolicy {
	return netlink.IPTPolicy{Elements: el}
}

func strictly(el ...netlink.IPTPolicyElement) netlink.IPTPolicy {
	return netlink.IPTPolicy{Strict: true, Elements: el}
}

// endOf is an end of the tunnel, or their network.
func endOf(host byte, bits int) *net.IPNet {
	return &net.IPNet{IP: net.IP{10, 0, 0, host}, Mask: net.CIDRMask(bits, 32)}
}

// Packets that came by IPsec, and those that did not, are found by what their policy is asked for.
func TestIPsecPoliciesMatchPackets(t *testing.T) {
	nstest.NeedChecksums(t)
	a, nsA := xfrmHandle(t)
	b, nsB := xfrmHandle(t)
	ab := gcm("10.0.0.1", "10.0.0.2", 0x101, netlink.XFRM_MODE_TUNNEL)
	needESP(t, a, ab)
	if err := b.XfrmStateAdd(ab); err != nil {
		t.Fatal(err)
	}
	ipIn(t, nsA, "link", "add", "v0", "type", "veth", "peer", "name", "v1")
	v1, err := a.LinkByName("v1")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.LinkSetNsFd(v1, int(nsB)); err != nil {
		t.Fatal(err)
	}
	tunnelEnd(t, a, nsA, "v0", 1, ab, netlink.XFRM_DIR_OUT)
	tunnelEnd(t, b, nsB, "v1", 2, ab, netlink.XFRM_DIR_IN)
	if v1, err = b.LinkByName("v1"); err != nil {
		t.Fatal(err)
	}
	index := v1.Attrs().Index
	change(t, &netlink.Clsact{QdiscAttrs: at(index, 0xffff, netlink.HANDLE_CLSACT)}, b.QdiscAdd, nil)
	for i, c := range policyCases {
		count := &netlink.GenericAction{ActionAttrs: netlink.ActionAttrs{Action: netlink.TC_ACT_UNSPEC}} // the next filter
		nstest.Need(t, "extended match ipt", "", b.FilterAdd(&netlink.BasicFilter{
			FilterAttrs: netlink.FilterAttrs{LinkIndex: index, Parent: netlink.HANDLE_MIN_INGRESS, Priority: uint16(i + 1),
				Protocol: unix.ETH_P_IP},
			Ematches: []netlink.Ematch{{Match: &netlink.EmatchIPT{Hook: uapi.NF_INET_PRE_ROUTING, NFProto: unix.AF_INET,
				Policy: &c.policy}}},
			Actions: []netlink.Action{count}}))
	}
	const packets = 3
	for i := range packets {
		exchange(t, nsA, nsB, "10.1.0.2", fmt.Sprint("text ", i))
	}
	filters, err := b.FilterList(v1, netlink.HANDLE_MIN_INGRESS)
	if err != nil || len(filters) != len(policyCases) {
		t.Fatalf("%d filters, %v", len(filters), err)
	}
	for _, f := range filters {
		c := policyCases[f.Attrs().Priority-1]
		if n := f.(*netlink.BasicFilter).Actions[0].Attrs().Statistics.Basic.Packets; uint64(n) != packets*c.found {
			t.Errorf("%s: %d packets, want %d", c.name, n, packets*c.found)
		}
	}
}

// tunnelEnd gives a link the addresses of one end, outside and inside the tunnel, and the policy for its packets.
func tunnelEnd(t *testing.T, h *netlink.Handle, ns netns.NsHandle, link string, host byte, s *netlink.XfrmState,
	dir netlink.Dir) {
	t.Helper()
	for _, words := range [][]string{
		{"addr", "add", fmt.Sprintf("10.0.0.%d/24", host), "dev", link},
		{"addr", "add", fmt.Sprintf("10.1.0.%d/24", host), "dev", link},
		{"link", "set", link, "up"},
	} {
		ipIn(t, ns, words...)
	}
	if err := h.XfrmPolicyAdd(&netlink.XfrmPolicy{Src: ipNet(t, "10.1.0.1/32"), Dst: ipNet(t, "10.1.0.2/32"), Dir: dir,
		Tmpls: []netlink.XfrmPolicyTmpl{{Src: s.Src, Dst: s.Dst, Proto: s.Proto, Mode: s.Mode, Reqid: 7}}}); err != nil {
		t.Fatal(err)
	}
}
