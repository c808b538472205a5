package netlink_test

import (
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// routedHost is a namespace behind a router: its link is the peer of the router's, named name there too.
func routedHost(t *testing.T, router *netlink.Handle, name, addr, gateway string) netns.NsHandle {
	t.Helper()
	host := nstest.New(t)
	attrs := netlink.NewLinkAttrs()
	attrs.Name = name
	nstest.Need(t, "veth links", "", router.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: name,
		PeerNamespace: netlink.NsFd(host)}))
	h, err := netlink.NewHandleAt(host)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for _, end := range []struct {
		h    *netlink.Handle
		addr string
	}{{router, gateway + "/24"}, {h, addr + "/24"}} {
		link, err := end.h.LinkByName(name)
		if err != nil {
			t.Fatal(err)
		}
		a, err := netlink.ParseAddr(end.addr)
		if err != nil {
			t.Fatal(err)
		}
		if err := end.h.AddrAdd(link, a); err != nil {
			t.Fatal(err)
		}
		if err := end.h.LinkSetUp(link); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.RouteAdd(&netlink.Route{Gw: net.ParseIP(gateway)}); err != nil {
		t.Fatal(err)
	}
	return host
}

// udpAt is a socket in a namespace.
func udpAt(t *testing.T, ns netns.NsHandle, addr string) (c net.PacketConn) {
	t.Helper()
	if err := netns.Do(ns, func() (err error) {
		c, err = net.ListenPacket("udp4", addr)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// A connection in a flow table is listed without a timeout. When it is updated as it was listed it stays: a timeout of
// 0 would end it.
func TestConntrackUpdateOfOffloaded(t *testing.T) {
	h, ns := conntrackHandle(t)
	nstest.Sysctl(t, ns, "net/ipv4/ip_forward", "1")
	a := routedHost(t, h, "a", "10.0.1.2", "10.0.1.1")
	b := routedHost(t, h, "b", "10.0.2.2", "10.0.2.1")
	toolIn(t, ns, "nft add table ip t")
	const table = "add flowtable ip t f { hook ingress priority 0; devices = { a, b }; }"
	if err := netns.Do(ns, func() error {
		out, err := exec.Command("nft", table).CombinedOutput()
		if strings.Contains(string(out), "not supported") || strings.Contains(string(out), "No such file") {
			return unix.EOPNOTSUPP
		}
		return err
	}); err != nil {
		nstest.Need(t, "flow tables", "", err)
	}
	toolIn(t, ns, "nft add chain ip t c { type filter hook forward priority 0 ; }")
	toolIn(t, ns, "nft add rule ip t c ip protocol udp flow add @f")
	client, server := udpAt(t, a, "10.0.1.2:4000"), udpAt(t, b, "10.0.2.2:5000")
	say := func(from, to net.PacketConn) {
		t.Helper()
		if _, err := from.WriteTo([]byte("x"), to.LocalAddr()); err != nil {
			t.Fatal(err)
		}
		_ = to.SetReadDeadline(time.Now().Add(20 * time.Second))
		if _, _, err := to.ReadFrom(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		say(client, server)
		say(server, client)
	}
	key := &netlink.ConntrackFlow{FamilyType: netlink.FAMILY_V4, Forward: netlink.IPTuple{
		SrcIP: net.IP{10, 0, 1, 2}, DstIP: net.IP{10, 0, 2, 2}, SrcPort: 4000, DstPort: 5000, Protocol: unix.IPPROTO_UDP}}
	flow, err := h.ConntrackGet(key)
	if err != nil {
		t.Fatal(err)
	}
	if flow.Status&netlink.ConntrackStatusOffload == 0 || flow.TimeOut != 0 {
		t.Fatalf("not in the flow table: %v, status %#x", flow, flow.Status)
	}
	flow.Mark = 77
	if err := h.ConntrackUpdate(netlink.ConntrackTable, netlink.FAMILY_V4, flow); err != nil {
		t.Fatal(err)
	}
	again, err := h.ConntrackGet(key)
	if err != nil {
		t.Fatal("the update ended it: ", err)
	}
	if again.Mark != 77 || again.ID != flow.ID || again.Status&netlink.ConntrackStatusOffload == 0 {
		t.Errorf("it became %v, status %#x", again, again.Status)
	}
}
