package netlink_test

import (
	"context"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// watched watches a table while do is at work, until wants accepts an event.
func watched(t *testing.T, table netlink.Table, do func(), wants func(netlink.Event) bool) {
	t.Helper()
	h, err := netlink.NewHandleAt(netns.None())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	// A subscription begins at once; so does a watch after it.
	begun, found := make(chan struct{}), make(chan error, 1)
	go func() {
		first := true
		for ev, err := range h.Watch(ctx, table, netlink.LinkTable) {
			if err != nil {
				found <- err
				return
			}
			if first {
				first = false
				close(begun)
			}
			if wants(ev) {
				found <- nil
				return
			}
		}
	}()
	// The iteration has begun when it yields this link.
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	for started := false; !started; {
		if err := netlink.LinkSetUp(lo); err != nil {
			t.Fatal(err)
		}
		if err := netlink.LinkSetDown(lo); err != nil {
			t.Fatal(err)
		}
		select {
		case <-begun:
			started = true
		case <-time.After(time.Millisecond):
		}
	}
	do()
	if err := <-found; err != nil {
		t.Errorf("not told: %v", err)
	}
}

// send sends a frame or packet to nobody, that the kernel has to look for.
func sendTo(t *testing.T, dst net.IP) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	addr := unix.SockaddrInet4{Port: 9, Addr: [4]byte(dst.To4())}
	if err := unix.Sendto(fd, []byte("x"), 0, &addr); err != nil {
		t.Fatal(err)
	}
}

func TestMissesOfVxlanAreReported(t *testing.T) {
	nstest.Do(t, func() {
		vx := &netlink.Vxlan{LinkAttrs: netlink.NewLinkAttrs(), VxlanId: 7, Port: 4789, L2miss: true, L3miss: true,
			Proxy: true}
		vx.Name = "vx0"
		nstest.Need(t, "vxlan links", "", netlink.LinkAdd(vx))
		br := &netlink.Bridge{LinkAttrs: netlink.NewLinkAttrs()}
		br.Name = "br0"
		nstest.Need(t, "bridges", "", netlink.LinkAdd(br))
		if err := netlink.LinkSetMaster(vx, br); err != nil {
			t.Fatal(err)
		}
		setUp(t, "vx0")
		setUp(t, "br0")
		awaitForwarding(t, "vx0")
		if err := netlink.AddrAdd(br, parseAddr(t, "10.0.0.1/24")); err != nil {
			t.Fatal(err)
		}
		permanent := netlink.Neigh{LinkIndex: br.Index, IP: net.IP{10, 0, 0, 5}, HardwareAddr: mac(5),
			State: netlink.NUD_PERMANENT}
		if err := netlink.NeighAdd(&permanent); err != nil {
			t.Fatal(err)
		}
		misses := map[string]struct {
			dst  net.IP
			miss func(*netlink.Neigh) bool
		}{
			"l2miss": {net.IP{10, 0, 0, 5}, func(n *netlink.Neigh) bool {
				return slices.Equal(n.HardwareAddr, permanent.HardwareAddr) && n.IP == nil && n.LinkIndex == vx.Index
			}},
			"l3miss": {net.IP{10, 0, 0, 9}, func(n *netlink.Neigh) bool {
				return n.IP.Equal(net.IP{10, 0, 0, 9}) && n.HardwareAddr == nil && n.LinkIndex == vx.Index
			}},
		}
		for name, c := range misses {
			ch, done := make(chan netlink.NeighUpdate), make(chan struct{})
			if err := netlink.NeighSubscribe(ch, done); err != nil {
				t.Fatal(err)
			}
			sendTo(t, c.dst)
			for u := range ch {
				if u.Type == uapi.RTM_GETNEIGH && c.miss(&u.Neigh) {
					break
				}
				if u.Type == uapi.RTM_GETNEIGH {
					t.Logf("%s: also %+v", name, u)
				}
			}
			close(done)
			for range ch {
			}
			watched(t, netlink.NeighTable, func() { sendTo(t, c.dst) }, func(ev netlink.Event) bool {
				miss, ok := ev.(netlink.NeighMissEvent)
				return ok && c.miss(miss.Neigh)
			})
		}
	})
}

// With app_solicit it is programs that look for a neighbour.
func TestProbesForProgramsAreReported(t *testing.T) {
	nstest.Do(t, func() {
		addVeth(t)
		v0 := setUp(t, "v0")
		setUp(t, "v1")
		if err := netlink.AddrAdd(v0, parseAddr(t, "10.0.0.1/24")); err != nil {
			t.Fatal(err)
		}
		for name, n := range map[string]string{"app_solicit": "1", "mcast_solicit": "0", "ucast_solicit": "0"} {
			if err := os.WriteFile("/proc/sys/net/ipv4/neigh/v0/"+name, []byte(n), 0); err != nil {
				t.Skip("the tables' settings cannot be written: ", err)
			}
		}
		watched(t, netlink.NeighTable, func() { sendTo(t, net.IP{10, 0, 0, 9}) }, func(ev netlink.Event) bool {
			miss, ok := ev.(netlink.NeighMissEvent)
			return ok && miss.Neigh.IP.Equal(net.IP{10, 0, 0, 9})
		})
	})
}

func TestBucketsOfNexthopsAreReported(t *testing.T) {
	nstest.Do(t, func() {
		routeNet(t)
		for _, n := range []netlink.Nexthop{
			{ID: 1, OIF: uint32(setUp(t, "v0").Attrs().Index), Gateway: net.IP{10, 0, 0, 9}},
			{ID: 2, OIF: uint32(setUp(t, "v1").Attrs().Index), Gateway: net.IP{10, 0, 1, 9}},
		} {
			nstest.Need(t, "next hop objects", "5.3", netlink.NexthopAdd(&n))
		}
		group := netlink.Nexthop{ID: 3, Group: []netlink.NexthopMember{{ID: 1}, {ID: 2}},
			Resilient: &netlink.NexthopResilient{Buckets: 4, IdleTimer: new(uint32(20))}}
		nstest.Need(t, "resilient next hop groups", "5.13", netlink.NexthopAdd(&group))
		if err := netlink.RouteAdd(&netlink.Route{Dst: cidr(t, "10.99.0.0/16"), NHID: 3}); err != nil {
			t.Fatal(err)
		}
		watched(t, netlink.NexthopTable, func() {
			// A bucket that is in use moves when it was idle for long enough. One that was
			// used in the kernel's tick that made it is not in use.
			time.Sleep(50 * time.Millisecond)
			for i := range 64 {
				sendTo(t, net.IP{10, 99, 0, byte(i)})
			}
			group.Group[0].Weight = 3
			if err := netlink.NexthopReplace(&group); err != nil {
				t.Fatal(err)
			}
		}, func(ev netlink.Event) bool {
			b, ok := ev.(netlink.NexthopBucketEvent)
			return ok && b.Group == 3 && b.ID == 1 && b.Bucket < 4
		})
	})
}

func TestBridgePortsAreReported(t *testing.T) {
	nstest.Do(t, func() {
		br := &netlink.Bridge{LinkAttrs: netlink.NewLinkAttrs()}
		br.Name = "br0"
		nstest.Need(t, "bridges", "", netlink.LinkAdd(br))
		v0, _ := addVeth(t)
		if err := netlink.LinkSetMaster(v0, br); err != nil {
			t.Fatal(err)
		}
		event := func(wants func(netlink.BridgePortEvent) bool) func(netlink.Event) bool {
			return func(ev netlink.Event) bool {
				p, ok := ev.(netlink.BridgePortEvent)
				return ok && p.LinkIndex == v0.Attrs().Index && p.MasterIndex == br.Index && p.Name == "v0" && wants(p)
			}
		}
		watched(t, netlink.LinkTable, func() {
			if err := netlink.LinkSetHairpin(v0, true); err != nil {
				t.Fatal(err)
			}
		}, event(func(p netlink.BridgePortEvent) bool { return !p.Gone && p.Port != nil && *p.Port.Hairpin }))
		watched(t, netlink.LinkTable, func() {
			if err := netlink.LinkSetNoMaster(v0); err != nil {
				t.Fatal(err)
			}
		}, event(func(p netlink.BridgePortEvent) bool { return p.Gone && p.Port == nil }))
	})
}
